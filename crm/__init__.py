"""Customers of the brand: Contact and ContactPoint. Verbs: `actions.new_visitor`, `actions.touch`."""
