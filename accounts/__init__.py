"""Who may do what where: the people who sign in, and their seats.

Nouns: User (a sign-in by e-mail), Membership (its role in a brand, or with the provider), Seat and Actor
(the frozen values of a request), HandoffCode (sixty seconds to get from the provider's host to a brand's).
Verbs: create_user, grant_membership, revoke_membership, open_handoff, claim_handoff.
Imports tenants and core, nothing above.
"""
