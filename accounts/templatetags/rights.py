"""What a template asks before it shows a way to something: `{% if actor|can:"people.give" %}`."""

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
