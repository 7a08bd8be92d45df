"""Reporting: what the brand's event log says, in the field's terms.

Owns contacts (one entry of an interaction into a queue), metrics, days, service reports and their charts, and
exclusions: what is proposed to be left out, which its verbs make and answer. All else is computed. May import
interactions and below; reads the log, never counts on the side.
"""
