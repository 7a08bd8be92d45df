"""What the client asks its provider to change: the list, a new one, and taking one back."""

from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound, RoomError
from core.ids import new_ref
from interactions.changing import actions, queries
from interactions.changing.values import Topic
from interactions.changing.weeks import DAYS, day_names, read_week, week_lines
from interactions.errors import Refused
from portal.access import Visit, portal_page

PAGE_ROWS = 25


@portal_page(Permission.OWN_CHANGES)
@never_cache
@require_safe
def changes(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Show what was asked and what became of it, and what can be asked."""
    return _list(request, visit)


@portal_page(Permission.OWN_CHANGES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest, visit: Visit, code: str) -> HttpResponse:
    """Show what it is now; ask that it be otherwise from a day on."""
    if visit.actor.seeing:
        raise Http404
    with visit.scope():
        topic = queries.topic_of(code)
        now_is = queries.current(topic)
    if request.method != "POST":
        return _form(request, visit, topic, now_is, {})
    typed = request.POST
    try:
        proposed = _proposed(topic, typed)
        with visit.scope():
            actions.ask_change(
                topic, proposed=proposed, from_day=_day(typed.get("from", "")), why=typed.get("why", ""),
                key=_key(typed.get("key", "")), shown=visit.shown, actor=visit.actor.who,
                now=clock.now(),
            )  # fmt: skip
    except Refused as error:
        return _form(request, visit, topic, now_is, typed, error=error)
    messages.success(request, _("Asked. Your provider decides, and you see it here."))
    return HttpResponseRedirect(reverse("portal:changes"), status=303)


@portal_page(Permission.OWN_CHANGES)
@require_POST
def withdraw(request: SignedInRequest, visit: Visit, ref: UUID) -> HttpResponse:
    """Take it back before it is carried out."""
    if visit.actor.seeing:
        raise Http404
    try:
        with visit.scope():
            actions.withdraw_change(ref, actor=visit.actor.who, now=clock.now())
    except NotFound:
        raise
    except RoomError as error:
        return _list(request, visit, error=str(error.message), status=error.status)
    messages.success(request, _("Withdrawn."))
    return HttpResponseRedirect(reverse("portal:changes"), status=303)


class _Wrong(Refused):
    """A week that is no week: `days` says of which days, by number."""

    def __init__(self, days: dict[str, Any]) -> None:
        super().__init__(_("Some of these hours cannot be used."))
        self.days = days


def _proposed(topic: Topic, typed: Any) -> dict[str, Any]:
    if not topic.is_week:
        return {"text": str(typed.get("text", "")).replace("\r\n", "\n").strip()}
    lines = [typed.get(f"day{n}", "") for n in DAYS]
    rows, wrong = read_week(lines, _("Write times as 09:00–17:00, several with a comma; nothing is closed."))
    if wrong:
        raise _Wrong(wrong)
    return {"week": [list(row) for row in sorted(rows)]}


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise Refused(_("Say from which day on."), code="from_day") from error


def _key(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        return new_ref()


def _list(request: SignedInRequest, visit: Visit, *, status: int = 200, **more: Any) -> HttpResponse:
    with visit.scope():
        page = Paginator(queries.changes_asked(), PAGE_ROWS).get_page(request.GET.get("page"))
        found, offered = queries.change_views(page.object_list), queries.topics()
    context = {
        "page": page, "rows": found, "topics": offered, "zone": visit.brand.timezone,
        "may_ask": not visit.actor.seeing,
    }  # fmt: skip
    return render(request, "portal/changes.html", context | more, status=status)


def _form(
    request: SignedInRequest, visit: Visit, topic: Topic, now_is: dict[str, Any], typed: Any, *,
    error: Refused | None = None,
) -> HttpResponse:  # fmt: skip
    today = clock.now().astimezone(ZoneInfo(visit.brand.timezone)).date()
    wrong = error.days if isinstance(error, _Wrong) else {}
    lines = week_lines(now_is.get("week", ()))
    context = {
        "topic": topic, "zone": visit.brand.timezone, "today": today.isoformat(),
        "days": [
            (n, name, line, typed.get(f"day{n}", line), wrong.get(str(n), ""))
            for n, name, line in zip(DAYS, day_names(), lines, strict=True)
        ],
        "now_is": now_is.get("text", ""), "text": typed.get("text", now_is.get("text", "")),
        "most": actions.MOST.get(topic.subject, 0),  # type: ignore[call-overload]
        "from_day": typed.get("from", today.isoformat()), "why": typed.get("why", ""),
        "key": typed.get("key") or new_ref(), "error": str(error.message) if error else "",
    }  # fmt: skip
    return render(request, "portal/change.html", context, status=error.status if error else 200)
