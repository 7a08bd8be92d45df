"""Which brand a request or a socket is for, by its host; and which pages may open a socket."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from tenants.cards import card_for_host, hosts_of
from tenants.values import BrandCard


class UnknownHost(Exception):
    """The host name serves nobody here."""


def name_of(host: str) -> str:
    """Return the bare name of a Host header's value: no port, lower case."""
    name = host.strip().lower()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.rpartition(":")[0] if name.rpartition(":")[2].isdecimal() else name


def brand_for(host: str) -> BrandCard | None:
    """Return the brand of the host, None for the provider's own; raises UnknownHost. Reads the database."""
    name = name_of(host).rstrip(".")
    if name == settings.BASE_HOST:
        return None
    card = card_for_host(name)
    if card is None:
        raise UnknownHost
    return card


def brand_for_socket(scope: Mapping[str, Any]) -> BrandCard | None:
    """`brand_for` of an ASGI scope. Call it through core.executor.run_db."""
    return brand_for(_header(scope, b"host"))


def origin_allowed(scope: Mapping[str, Any], brand: BrandCard | None, *, origins: Iterable[str] = ()) -> bool:
    """Tell whether the page that opens the socket is one of the brand's own (None: the provider's).

    Compares host names; the live server has another port than the pages. `origins` are further pages,
    compared whole (`https://shop.example`). A client that sends no Origin is no browser and carries no
    cookie of one.
    """
    origin = _header(scope, b"origin").lower()
    if not origin:
        return True
    if origin in {one.rstrip("/").lower() for one in origins}:
        return True
    name = urlsplit(origin).hostname or ""
    return name == settings.BASE_HOST if brand is None else name in hosts_of(brand)


def _header(scope: Mapping[str, Any], name: bytes) -> str:
    values = (value for key, value in scope.get("headers", ()) if key.lower() == name)
    return next(values, b"").decode("latin-1")
