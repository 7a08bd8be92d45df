"""Which network address a request counts for, behind our own proxies as without one.

`X-Forwarded-For` is believed from proxies on this machine and from those that TRUSTED_PROXIES names, and read
from its end: each proxy adds whom it saw, what stands further left anybody may have written.
"""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

LONGEST = 45


def address_of(request: HttpRequest) -> str | None:
    """`visitor_address` of a request."""
    return visitor_address(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""))


def visitor_address(peer: str, forwarded: str) -> str | None:
    """Return the visitor's address: the last hop before our own proxies, else the peer.

    None for a proxy that names nobody: its own check, a simulation, a test. It says nothing about a visitor,
    so no limit is counted against it.
    """
    hops = [hop.strip()[:LONGEST] for hop in forwarded.split(",")]
    return next((hop for hop in [peer, *reversed(hops)] if hop and not _is_ours(hop)), None)


def network_address(peer: str, forwarded: str) -> str:
    """Return where a request comes from for a list of networks: `visitor_address`, else the peer."""
    return visitor_address(peer, forwarded) or peer


def shortened(address: str | None) -> str:
    """Return the network that the address is in (IPv4 /24, IPv6 /48), "" for what is none: no household's."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return ""
    return str(ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False))


def _is_ours(hop: str) -> bool:
    try:
        found = ip_address(hop)
    except ValueError:  # a unix socket has no address; a word in the header names nobody
        return True
    return found.is_loopback or any(found in network for network in _trusted(tuple(settings.TRUSTED_PROXIES)))


@lru_cache(maxsize=4)
def _trusted(proxies: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(proxy, strict=False) for proxy in proxies)
