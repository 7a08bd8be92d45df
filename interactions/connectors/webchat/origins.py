"""Where a visitor comes from: which pages may hold the chat, and which address counts against the limits."""

import re
from ipaddress import ip_address
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


def visitor_address(peer: str, forwarded: str) -> str | None:
    """Return the visitor's address: the last hop before our own proxy, else the peer.

    None for a peer on this machine that names nobody: a proxy's own check, a simulation, a test. It says
    nothing about a visitor, so no limit is counted against it.
    """
    if not _is_local(peer):
        return peer
    return forwarded.rpartition(",")[2].strip()[:45] or None


def _is_local(peer: str) -> bool:
    try:
        return ip_address(peer).is_loopback
    except ValueError:  # a unix socket has no address
        return True
