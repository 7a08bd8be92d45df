"""The model-less base: clock, ids, errors, live publishing, the consumers' executor, limits, page helpers.

Imports no room. Whatever two rooms need and neither owns lives here.
"""
