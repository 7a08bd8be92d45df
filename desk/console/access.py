"""Who may open the console, and which client a page is about."""

import os
from collections.abc import Callable
from functools import cache
from typing import Any

from django.http import HttpResponseBase
from django.views.decorators.cache import never_cache

from accounts.access import require
from accounts.actor import Actor
from accounts.permissions import Permission
from core.errors import NotFound
from tenants.binding import Bound
from tenants.cards import card_by_slug
from tenants.scope import system, tenant_scope
from tenants.values import BrandCard, Grant
from workforce.queries import name_towards

View = Callable[..., HttpResponseBase]


def console_page(*permissions: Permission) -> Callable[[View], View]:
    """Let those in who have one of the permissions for the client that the address names, or anywhere.

    Anybody else gets 404, which is written down.
    """

    def decorate(view: View) -> View:
        guarded: Any = never_cache(require(*permissions)(view))
        return guarded  # type: ignore[no-any-return]

    return decorate


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


def client_scope(actor: Actor, client: BrandCard, *, to: Permission = Permission.CLIENTS_ONBOARD) -> Bound:
    """Enter the client's workspace for what the permission says. Raises NotFound for who has it not."""
    return tenant_scope(client, actor.grant(to, client))


def known_as(actor: Actor, client: BrandCard) -> str:
    """Return what the client's people read of who acts: what is kept in the workspace says nothing else."""
    return name_towards(actor, client.id)
