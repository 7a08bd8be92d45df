"""Who may open the console, and which client a page is about."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponseBase
from django.views.decorators.cache import never_cache

from accounts.access import require
from accounts.choices import Role
from core.errors import NotFound
from tenants.cards import card_by_slug
from tenants.values import BrandCard

View = Callable[..., HttpResponseBase]


def operators_only(view: View) -> View:
    """Let operators in; anybody else gets 404, which is written down."""
    guarded: Any = never_cache(require(Role.OPERATOR)(view))
    return guarded  # type: ignore[no-any-return]


def client_of_page(slug: str) -> BrandCard:
    """Return the client that the address names. Raises NotFound."""
    card = card_by_slug(slug)
    if card is None:
        raise NotFound
    return card
