"""People for the provider's keys: the pool, where it works, what it can, and who sits in a brand.

Whatever is written goes through the verbs of the screens (`workforce.staff`), under the same checks.
"""
