"""Who can work, who is free, and where every second of an agent went.

Nouns: Agent (with Team, Site, AgentAlias, Skill, Certification), AgentState on three axes of which two live
here (presence, availability), Connection and Node (the leases behind presence), StateInterval, Engagement and
FocusInterval (the time ledger).
Verbs: set_availability, set_next, end_shift, connect, disconnect, beat, expire_nodes, strike, engage,
disengage, focus.
Imports accounts, tenants and core, nothing above; holds nothing about a brand's customers.
"""
