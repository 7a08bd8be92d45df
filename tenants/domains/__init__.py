"""Clients' own host names: which may be had, whether they are the client's, the verbs."""
