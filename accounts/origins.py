"""Whose page opens a socket of signed-in people: only one of the same host, by its Origin."""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from django.conf import settings

DEFAULT_PORTS = {"http": 80, "https": 443}


def is_own_page(origin: str, *, host: str) -> bool:
    """Tell whether page and socket are both on the provider's host; a cookie alone would not say so."""
    return host_of_page(origin, host=host) == settings.BASE_HOST


def host_of_page(origin: str, *, host: str) -> str:
    """Return the name of the host that has both the page and the socket, "" when it is not one and the same.

    Cookies know no ports, so the page's port counts: ours, or the scheme's own behind a proxy.
    """
    try:
        page = urlsplit(origin)
        port = page.port or DEFAULT_PORTS.get(page.scheme, 0)
        named = urlsplit(f"//{host}").hostname
    except ValueError:
        return ""
    allowed = {settings.PORT, DEFAULT_PORTS.get(page.scheme, 0)}
    return named if named and page.hostname == named and port in allowed else ""


def cookie(header: str) -> str:
    """Return the session key of a Cookie header, "" without one."""
    try:
        found = SimpleCookie(header).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found else ""
