"""How the brand is doing now: the strip of its pages, the frames that move it, and the same without a socket.

A frame is `{"stream": "today", "topic": "b<brand>", "now", "waiting", "oldest", "offered", "answered",
"in_target", "abandoned", "available"}`; `oldest` is an instant in milliseconds, null for nobody.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.shares import mark
from portal.access import Visit, portal_page
from routing.today import BrandNow, brands_now
from routing.watching import Body, frame
from tenants.cards import card_by_id

STREAM = "today"


@portal_page(Permission.REPORT)
@never_cache
@require_safe
def state(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Answer a page whose socket is down with the frame that it missed."""
    now = clock.now()
    found = bodies([topic_of(visit.brand.id)], now)
    return JsonResponse({"frames": [frame(STREAM, now=now, topic=one, **found[one]) for one in found]})


def strip(visit: Visit) -> dict[str, Any]:
    """Return {"today", "seconds", "at", "topic", "words", "zone"}: the strip as the page is made."""
    now, brand = clock.now(), visit.brand
    found = brands_now([brand], now=now)[brand.id]
    return {
        "today": found, "seconds": found.seconds(now), "at": now, "topic": topic_of(brand.id),
        "words": words(), "zone": brand.timezone,
    }  # fmt: skip


def topic_of(brand_id: int) -> str:
    return f"b{brand_id}"


def bodies(topics: Iterable[str], now: datetime) -> dict[str, Body]:
    """Return what each of the topics says now, without the instant it is said at; one statement."""
    ids = {topic: int(topic[1:]) for topic in sorted(topics)}
    cards = [card for card in map(card_by_id, ids.values()) if card]
    found = brands_now(cards, now=now)
    return {topic: _body(found[brand]) for topic, brand in ids.items() if brand in found}


def words() -> dict[str, str]:
    """What the strip's script says. `{name}` stands for a value."""
    return {
        "as_of": _("As of {time}"),
        "reconnecting": _("As of {time}, reconnecting"),
        "offline": _("No connection. As of {time}"),
        "refused": _("You are signed out. As of {time}"),
        "back": _("The numbers are live again."),
        "lost": _("The numbers are not live: the connection is lost."),
        "of": _("{part} of {whole} in time"),
        "nobody": _("Nobody yet"),
        "none": "–",
        "share": f"{{share}}{mark()}",
    }


def _body(now: BrandNow) -> Body:
    oldest = round(now.oldest_at.timestamp() * 1000) if now.oldest_at else None
    counts = ("waiting", "offered", "answered", "in_target", "abandoned", "available")
    return {name: getattr(now, name) for name in counts} | {"oldest": oldest}
