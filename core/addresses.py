"""Which network address a request counts for, behind our own proxy as without one."""

from ipaddress import ip_address

from django.http import HttpRequest


def address_of(request: HttpRequest) -> str | None:
    """`visitor_address` of a request."""
    return visitor_address(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""))


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
