"""The one way into a brand: `with tenant_scope(brand, grant)`. And out of it: `with labour_scope()`."""

from core.errors import NotFound
from tenants.audit import audit
from tenants.binding import LABOUR, Bound, Scope, WrongScope, brand_scope, current
from tenants.values import BrandCard, EndpointCard, Grant

__all__ = [
    "Grant",
    "Scope",
    "WrongScope",
    "assert_unbound",
    "current",
    "labour_scope",
    "system",
    "tenant_scope",
    "visitor",
]


def tenant_scope(brand: BrandCard, grant: Grant) -> Bound:
    """Bind the brand: its role, its schema, its rows of the public tables that brands may use.

    Enter it around the smallest unit of work, inside the function that does the work; never hold it across a
    `yield` or an `await`. Nothing lazy leaves it: make values.

    Raises NotFound, and writes it down, when the grant is for another brand.
    """
    if grant.brand_id != brand.id and not (grant.kind == "system" and grant.brand_id is None):
        audit("scope.refused", actor=grant.who, brand_id=brand.id, reason=grant.kind, apart=True)
        raise NotFound
    return Bound(brand_scope(brand.schema_name, brand.role_name, brand.id))


def labour_scope() -> Bound:
    """Bind the application's own role, for verbs of the public rooms; it sees no brand's schema."""
    return Bound(LABOUR)


def assert_unbound() -> None:
    """Raise WrongScope when something is bound: each request and each task begins with this."""
    if current() is not None:
        raise WrongScope("something is still bound from before")


def system(reason: str, *, brand: BrandCard | None = None) -> Grant:
    """Grant entry to our own machinery, to one brand or to any, and write down why.

    Make one for a process or a run and keep it, never one for a message.
    """
    audit("scope.system", actor="system", brand_id=brand.id if brand else None, reason=reason, apart=True)
    return Grant("system", brand.id if brand else None, f"system:{reason}", "system")


def visitor(endpoint: EndpointCard) -> Grant:
    """Grant entry to whoever came through a brand's public entrance; its key is the proof.

    Raises NotFound when the entrance is closed.
    """
    if not endpoint.is_active:
        raise NotFound
    return Grant("visitor", endpoint.brand_id, f"visitor:{endpoint.id}", "visitor")
