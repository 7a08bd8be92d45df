"""Whose page opens the staff socket: only the provider's own, by its Origin."""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from django.conf import settings

DEFAULT_PORTS = {"http": 80, "https": 443}


def is_own_page(origin: str, *, host: str) -> bool:
    """Tell whether the page and the socket are both on the provider's host; a cookie alone would not say so.

    Cookies know no ports, so the page's port counts: ours, or the scheme's own behind a proxy.
    """
    try:
        page = urlsplit(origin)
        port = page.port or DEFAULT_PORTS.get(page.scheme, 0)
        named = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    allowed = {settings.PORT, DEFAULT_PORTS.get(page.scheme, 0)}
    return page.hostname == named == settings.BASE_HOST and port in allowed


def cookie(header: str) -> str:
    """Return the session key of a Cookie header, "" without one."""
    try:
        found = SimpleCookie(header).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found else ""
