"""A second count of a client's numbers, from its exported log alone.

Written from the definitions (KPI.md, docs/metrics.md) and from what the events mean, without a look at how
the service counts; it imports nothing but the standard library, so that a client can run it elsewhere.
Counts are integers, times whole microseconds, shares and averages exact fractions.
"""
