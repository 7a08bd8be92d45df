"""The request as our middleware leaves it, for annotations."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.actor import Actor
from tenants.cards import BrandCard


class Request(HttpRequest):
    """What every view gets: the host's brand (None on the provider's), who asks (None for nobody)."""

    brand: BrandCard | None
    actor: Actor | None
    htmx: HtmxDetails
    LANGUAGE_CODE: str


class SignedInRequest(Request):
    """What a view behind `require` or `require_user` gets."""

    actor: Actor
