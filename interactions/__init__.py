"""Interactions: how contacts come in, wait, are answered and wrapped up, in the brand's own schema.

Owns Inbox, Queue, Interaction, Segment, Message, Disposition, Draft, Callback, VisitorSession, VisitorBlock,
and the connectors. Its verbs are in `actions`: open, receive, reply, note, assign, end, wrap up, abandon,
requeue, reopen, resume, promise a call, correct, warn, block. All run inside a tenant_scope that the caller
entered. May import crm, events and below.
"""
