"""The screens of the floor: who works now, how the queues are doing, who waits in one."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from desk.console.access import console_page
from desk.floor import wording
from desk.floor.reading import Asked, clients_of, floor_page, queue_rows
from desk.floor.waiting import agent_view, queue_view

LONGEST_SEARCH = 80


@console_page(Permission.FLOOR)
@require_safe
def agents(request: SignedInRequest) -> HttpResponse:
    """Show who works now; `?q=` a name or number, `?client=`, `?state=`, `?team=mine`."""
    now, asked = clock.now(), _asked(request)
    page = floor_page(request.actor, asked, now=now)
    context = {
        "page": page,
        "asked": asked,
        "states": wording.states().items(),
        "clients": sorted(page.cards.values(), key=lambda card: card.name.casefold()),
        "hues": [card.hue for card in page.cards.values()],
        "kit": wording.kit(page.cards),
    }
    return render(request, "floor/agents.html", context | _live("agents", now))


@console_page(Permission.FLOOR)
@require_safe
def work(request: SignedInRequest, agent_id: int) -> HttpResponse:
    """Show what an agent is on, and what can be done about it."""
    now = clock.now()
    view = agent_view(agent_id, request.actor, now=now)
    hues = [load.card.hue for load in view.row.loads]
    context = {"view": view, "row": view.row, "hues": hues, "kit": wording.kit({})}
    return render(request, "floor/work.html", context | _live("agents", now))


@console_page(Permission.FLOOR)
@require_safe
def queues(request: SignedInRequest) -> HttpResponse:
    """Show how the queues are doing; `?client=`."""
    now, client = clock.now(), request.GET.get("client", "")
    clients = clients_of(request.actor, Permission.FLOOR)
    context = {
        "rows": queue_rows(request.actor, client, now=now),
        "asked": client,
        "clients": clients,
        "hues": [card.hue for card in clients],
        "kit": wording.kit({}),
    }
    return render(request, "floor/queues.html", context | _live("queues", now))


@console_page(Permission.FLOOR)
@require_safe
def queue(request: SignedInRequest, queue_id: int) -> HttpResponse:
    """Show who waits in a queue and what is in hand: no word of what anybody wrote."""
    now = clock.now()
    view = queue_view(queue_id, request.actor, now=now)
    context = {"view": view, "hues": [view.row.card.hue], "kit": wording.kit({})}
    return render(request, "floor/queue.html", context | _live("queues", now))


def _asked(request: SignedInRequest) -> Asked:
    return Asked(
        request.GET.get("q", "").strip()[:LONGEST_SEARCH],
        request.GET.get("client", ""),
        request.GET.get("state", ""),
        request.GET.get("team") == "mine",
    )


def _live(part: str, now: datetime) -> dict[str, object]:
    """What the page needs to go on by itself from `now`."""
    return {"part": part, "at": now, "words": wording.words()}
