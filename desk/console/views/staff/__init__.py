"""Workforce: the people of the pool over all clients, for operators."""
