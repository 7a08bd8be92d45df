"""Which pages may hold the chat."""

import re
from urllib.parse import urlsplit

from tenants.cards import hosts_of
from tenants.values import BrandCard, EndpointCard

ORIGIN = re.compile(r"^https?://[a-z0-9.\-]+(:\d{1,5})?$")


def is_allowed(origin: str | None, *, endpoint: EndpointCard, brand: BrandCard) -> bool:
    """Tell whether a page of `origin` may use the inbox: one of its list, or of the brand's own hosts."""
    if not origin or not ORIGIN.match(origin):
        return False
    return origin in endpoint.origins or urlsplit(origin).hostname in hosts_of(brand)


def page_origins(endpoint: EndpointCard) -> list[str]:
    """Return the list of the inbox, without what could not be an origin."""
    return [origin for origin in endpoint.origins if ORIGIN.match(origin)]


def host_name(host: str) -> str:
    """`northwind.localhost:8000` -> `northwind.localhost`."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdecimal() else host.lower()
