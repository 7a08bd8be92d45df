"""The database backend: what is bound is in force at every execute (ENGINE = "tenants.postgresql")."""
