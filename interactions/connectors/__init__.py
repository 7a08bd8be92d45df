"""Connectors: one folder per kind of channel, independent of each other, without models.

A connector translates between a provider's wire and this room's verbs; `base` knows them all by kind.
"""
