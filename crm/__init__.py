"""Customers of the brand: one Contact behind all its addresses (ContactPoint).

Verbs: `actions.get_or_create_visitor`, `actions.touch`, `actions.add_point`. May import events and below.
"""
