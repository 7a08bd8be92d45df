"""Who may open the console, and which client a page is about."""

import os
from collections.abc import Callable
from functools import cache
from typing import Any

from django.http import HttpResponseBase
from django.views.decorators.cache import never_cache

from accounts.access import require
from accounts.actor import Actor
from accounts.choices import Role
from core.errors import NotFound
from tenants.binding import Bound
from tenants.cards import card_by_slug
from tenants.scope import system, tenant_scope
from tenants.values import BrandCard, Grant

View = Callable[..., HttpResponseBase]


def operators_only(view: View) -> View:
    """Let operators in; anybody else gets 404, which is written down."""
    guarded: Any = never_cache(require(Role.OPERATOR)(view))
    return guarded  # type: ignore[no-any-return]


@cache
def console_grant() -> Grant:
    """Entry for the wizard, whose client is not made yet or is another one's model: one grant a process."""
    return system(f"operators' console of process {os.getpid()}")


def client_of_page(slug: str) -> BrandCard:
    """Return the client that the address names. Raises NotFound."""
    card = card_by_slug(slug)
    if card is None:
        raise NotFound
    return card


def client_scope(actor: Actor, client: BrandCard) -> Bound:
    """Enter the client's workspace as the operator who sets it up. Raises NotFound for who is none."""
    return tenant_scope(client, actor.operator_grant(client))
