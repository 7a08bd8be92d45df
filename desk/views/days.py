"""An agent's own day."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import require
from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound
from desk.days import day_view, today_in
from workforce.queries import clock_of


@require(Permission.OWN_DAY)
@never_cache
@require_safe
def my_day(request: SignedInRequest) -> HttpResponse:
    """Show where the agent's time of a day went, `?on=2026-11-27`, today without it."""
    who = clock_of(request.actor.user_id)
    if who is None:
        raise NotFound
    now = clock.now()
    view = day_view(who, day_asked(request, today_in(who.zone, now)), now=now)
    return render(request, "desk/day.html", {"view": view, "hues": view.hues, "here": "day"})


def day_asked(request: SignedInRequest, today: date) -> date:
    """Return the day that the address names. Raises NotFound for none, or one to come."""
    try:
        day = date.fromisoformat(request.GET.get("on") or today.isoformat())
    except ValueError:
        raise NotFound from None
    if day > today or day.year < 2000:
        raise NotFound
    return day
