"""A soft launch at the entrance: who may begin a conversation now. Who is in one already always goes on."""

from datetime import datetime
from typing import Any

from interactions.actions import open_count
from tenants.scope import tenant_scope, visitor
from tenants.values import BrandCard, EndpointCard


def room_of(endpoint: EndpointCard, brand: BrandCard, *, now: datetime) -> int | None:
    """Return how many conversations may go on at once: None for any number, 0 out of the hours."""
    if endpoint.soft is None or endpoint.is_test:
        return None
    return endpoint.soft.most_open if endpoint.soft.takes_at(now, brand.timezone) else 0


def launcher_settings(endpoint: EndpointCard, brand: BrandCard, *, now: datetime) -> dict[str, Any]:
    """Return what the launcher goes by: `share` per cent of the visitors, 0 while nobody new is taken in.

    Nothing at all when there is no soft launch.
    """
    room = room_of(endpoint, brand, now=now)
    if endpoint.soft is None or room is None:
        return {}
    if room:
        with tenant_scope(brand, visitor(endpoint)):
            room -= open_count()
    return {"share": endpoint.soft.share if room > 0 else 0}
