"""The agent's desk on the provider's host: pages, the one staff socket, nothing of its own in the database.

A request is: identify (the frozen Actor), act (verbs and questions, each in its scope), render (values, in
no scope). The two planes meet here in memory: what waits and rings comes from routing as ids, what customers
wrote from each brand's own scope. Imports every room below, is imported by config alone.
"""
