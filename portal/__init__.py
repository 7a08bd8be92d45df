"""The client portal: screens of the brand's own host, for its manager. No models, no rules.

Joins what reporting and interactions say inside the brand's scope with the names its people may be shown by.
"""
