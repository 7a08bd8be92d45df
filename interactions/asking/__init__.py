"""What agents ask the client about a conversation that they have.

A request is a question of an agent about one conversation, a turn is one time that it waited for the client:
from the instant it was asked until it was answered or called off, with who did either. Those turns are the
evidence for a clock that stood still (`queries.waiting_for_client`). Verbs: `open_request`, `reopen_request`,
`answer_request`, `cancel_request`, `set_terms`, `tell_asked`, `tell_untold`.
"""
