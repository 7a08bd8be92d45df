"""Who may do what in the database, as data. Applied after each migration (`tenants.rights`); a test
compares it with the catalog.

A brand's role has all four rights on its own schema by default privileges, less BRAND_LESS. In `public` it
has what BRAND_PUBLIC says, through the group role that every brand's role is a member of. The login has all
four on every public table by default privileges, less LOGIN_LESS. The router's login has ROUTER_PUBLIC and
nothing else.
"""

from dataclasses import dataclass

READ = frozenset({"SELECT"})
APPEND = frozenset({"SELECT", "INSERT"})
ALL = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})


@dataclass(frozen=True)
class Rights:
    """Rights on one table; with `own_rows`, on rows of the brand's own brand_id only (row level security)."""

    verbs: frozenset[str]
    own_rows: bool = False
    columns: tuple[str, ...] = ()


BRAND_PUBLIC: dict[str, Rights] = {
    "routing_workitem": Rights(APPEND, own_rows=True),
    "tenants_auditrow": Rights(READ, own_rows=True),
    "tenants_auditseal": Rights(READ, own_rows=True),
}
BRAND_LESS: dict[str, frozenset[str]] = {
    "events_event": frozenset({"UPDATE", "DELETE"}),
    "reporting_issuedreport": frozenset({"UPDATE", "DELETE"}),
    "reporting_issuedfile": frozenset({"UPDATE", "DELETE"}),
    "django_migrations": frozenset({"INSERT", "UPDATE", "DELETE"}),
}
LOGIN_LESS: dict[str, frozenset[str]] = {
    "tenants_auditrow": frozenset({"UPDATE", "DELETE"}),
    "tenants_auditseal": frozenset({"UPDATE", "DELETE"}),
    "tenants_labourevent": frozenset({"UPDATE", "DELETE"}),
    "django_migrations": frozenset({"INSERT", "UPDATE", "DELETE"}),
}
ROUTER_ROOMS = ("routing", "workforce")  # every table of these
ROUTER_PUBLIC: dict[str, Rights] = {
    "tenants_labourevent": Rights(APPEND),
    "tenants_brand": Rights(READ, columns=("id", "number", "state", "kind", "timezone")),
    "accounts_membership": Rights(READ),
    "accounts_user": Rights(READ, columns=("id", "is_active")),
    "django_migrations": Rights(READ),
}
