"""Reporting: what the brand's event log says, in the field's terms.

Owns contacts (one entry of an interaction into a queue), metrics, days, service reports and their charts.
No verbs yet, everything here is computed. May import interactions and below; reads the log, never counts
on the side.
"""
