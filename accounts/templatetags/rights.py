"""What a template asks before it shows a way to something: `{% if actor|can:"people.give" %}`."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

from accounts.actor import Actor
from accounts.permissions import Permission

register = template.Library()


@register.filter
def can(actor: Actor | None, permission: str) -> bool:
    """Tell whether they may do it anywhere; on a brand's host that is this brand."""
    return isinstance(actor, Actor) and actor.can(Permission(permission))


@register.simple_tag
def allowed(actor: Actor | None, permission: str, brand_id: int) -> bool:
    """Tell whether they may do it in that brand."""
    return isinstance(actor, Actor) and actor.can(Permission(permission), brand_id)


@register.simple_tag
def open_to(actor: Actor | None, ways: Iterable[Mapping[str, Any]], brand_id: int) -> list[Mapping[str, Any]]:
    """Return those of the ways whose `permission` they have in that brand."""
    return [way for way in ways if allowed(actor, way["permission"], brand_id)]
