"""What every page knows: whose it is, its language and direction, its theme, where the live socket is.

Nothing here asks the database: an error page can afford it.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_bidi

from core import clock

PRODUCT = "Trunkline"
THEMES = ("light", "dark")
THEME_COOKIE = "theme"
LIVE_PATH = "/ws/desk/"
FLOOR_PATH = "/ws/floor/"
PORTAL_PATH = "/ws/portal/"


def page(request: HttpRequest) -> dict[str, Any]:
    """`brand` is the host's, None on the provider's; a view that leads to a brand's host passes its own.

    `product` is for the provider's people: nobody reads it on a brand's host, no client's manager anywhere.
    """
    brand = getattr(request, "brand", None)
    is_client = getattr(getattr(request, "actor", None), "is_client", False)
    return {
        "brand": brand,
        "product": None if brand or is_client else PRODUCT,
        "language": get_language() or settings.LANGUAGE_CODE,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "theme": theme_of(request),
        "live_url": f"{live_origin(request)}{LIVE_PATH}",
        "floor_url": f"{live_origin(request)}{FLOOR_PATH}",
        "portal_url": f"{live_origin(request)}{PORTAL_PATH}",
        "server_now": _server_now,
    }


def theme_of(request: HttpRequest) -> str:
    """`light` or `dark`, chosen on this device, else in the profile; "" follows the system."""
    chosen = request.COOKIES.get(THEME_COOKIE) or getattr(getattr(request, "actor", None), "theme", "")
    return chosen if chosen in THEMES else ""


def live_origin(request: HttpRequest) -> str:
    """Where sockets of this host connect: same name, the live server's port."""
    name = request.get_host().rpartition(":")[0] if _has_port(request) else request.get_host()
    return f"{'wss' if request.is_secure() else 'ws'}://{name}:{settings.LIVE_PORT}"


def _has_port(request: HttpRequest) -> bool:
    return request.get_host().rpartition(":")[2].isdecimal()


def _server_now() -> str:
    """The instant by the server's clock, asked only by the templates that show it."""
    return clock.now().isoformat(timespec="milliseconds")
