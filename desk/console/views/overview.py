"""A client at a glance: who it is, where it is served, how its queues are doing now."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.hosts import brand_url
from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from desk.console.access import client_of_page, console_page
from desk.console.tabs import tab_context
from desk.floor import wording
from desk.floor.clients import health_of
from desk.floor.reading import queue_rows
from desk.wording import language_name
from tenants.choices import BrandState
from tenants.values import BrandCard


@console_page(Permission.CLIENT_READ)
@require_safe
def overview(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the client's facts and, to who sees its floor, its queues, which go on by themselves."""
    client = client_of_page(slug)
    context = tab_context(client, "overview") | {
        "state": BrandState(client.state).label,
        "address": brand_url(request, client.slug, ""),
        "languages": [language_name(code) for code in client.locales],
    }
    if request.actor.can(Permission.FLOOR, client.id):
        context |= _floor(request, client)
    return render(request, "console/overview.html", context)


def _floor(request: SignedInRequest, client: BrandCard) -> dict[str, Any]:
    now = clock.now()
    rows = queue_rows(request.actor, client.slug, now=now)
    return {
        "at": now,
        "rows": rows,
        "health": health_of(rows),
        "words": wording.words(),
        "kit": wording.kit({}),
    }
