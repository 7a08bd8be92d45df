"""Brands and the wall between them.

Owns: Brand, Domain, Endpoint, SpareSchema, LabourEvent (and the audit trail). Verbs: create_brand,
drop_brand, refill_pool, audit, record_labour. One way into a brand: `tenants.scope.tenant_scope(brand,
grant)`. Imports core, nothing above.
"""
