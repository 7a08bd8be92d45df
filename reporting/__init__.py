"""Reporting: what the brand's event log says, in the field's terms.

Owns contacts (one entry of an interaction into a queue), metrics and their catalogue, facts and roll-ups
(what a reader of the log keeps of them), service reports and their charts, exclusions: what is
proposed to be left out, incidents: what happened, and clauses: what was promised. Verbs: `roll_next`,
`rebuild`, `close_in_emergency`, `reopen`, `answer_exclusion`, `add_clause`, `change_clause`, `end_clause`,
`withdraw_clause`, `write_incident`, `end_incident`, `withdraw_incident`. May import
interactions and below; reads the log, never counts on the side.
"""
