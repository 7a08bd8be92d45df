"""The audit trail after it is written: sealed into chains, anchored, verified, read, put into words.

A chain belongs to one brand, or to the provider (`brand_id` None). Rows are written by `tenants.audit` alone.
"""
