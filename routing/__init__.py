"""The labour plane: what waits, who is free, who is asked. Numbers and ids, never a word of a customer.

Owns: WorkItem, Offer, AgentCapacity, QueuePlan, Pool (and Decision, the reason of each offer), SignOut,
HelpRequest. Verbs: enqueue, accept_offer, decline_offer, expire_offers, withdraw_offers, close_item,
sign_out_agent, lend, ask_help, sweep; `shift` has what becomes of open work at the end of a shift. `match`
decides, `writes` makes it so in one guarded statement, `router` is the leader that does both all day. Imports
interactions and below.
"""
