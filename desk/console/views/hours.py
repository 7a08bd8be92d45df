"""A client's hours: calendars, who uses which, what customers can do outside of them, own dates."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound, RoomError
from core.hours import Calendar, countries, subdivisions, zones
from desk.console import hours_forms as forms
from desk.console import hours_words as words
from desk.console.access import client_of_page, client_scope, console_page
from desk.console.hours_forms import CalendarDraft, DayDraft, draft_of
from desk.console.tabs import tab_context
from desk.console.views.closing import shut
from interactions import actions
from interactions.choices import HolidayKind, WhenClosed
from interactions.errors import Invalid
from interactions.hours import get_calendar, list_calendars, live_closures, queue_hours
from interactions.values import CalendarView, QueueHours
from tenants.values import BrandCard

WAITING = {
    "leave_after": gettext_lazy("Offer to leave a message after so many seconds of waiting"),
    "callback_after": gettext_lazy("Offer to call back after so many seconds of waiting"),
}
REGIONS = frozenset(
    {"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific", "UTC"}
)


@console_page(Permission.HOURS)
@require_safe
def hours(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the client's calendars, its queues and what is closed."""
    return _overview(request, client_of_page(slug))


@console_page(Permission.HOURS)
@require_POST
def begin(request: SignedInRequest, slug: str) -> HttpResponse:
    """Make a calendar with one of the usual weeks, to be changed from there."""
    client = client_of_page(slug)
    draft = forms.posted_calendar(request.POST)
    week = forms.PATTERNS.get(request.POST.get("pattern", ""), forms.PATTERNS["office"])
    try:
        with client_scope(request.actor, client, to=Permission.HOURS):
            view = actions.save_calendar(
                name=draft.name, zone=draft.zone, week=week, actor=request.actor.who, now=clock.now()
            )
    except RoomError as error:
        draft.errors = _errors(error)
        return _overview(request, client, new=draft, status=error.status)
    messages.success(request, _("Made. Now say which queues use these hours."))
    return HttpResponseRedirect(_path(client, "calendar", view.ref))


@console_page(Permission.HOURS)
@require_POST
def queues(request: SignedInRequest, slug: str) -> HttpResponse:
    """Give queues their hours."""
    client = client_of_page(slug)
    try:
        choices = forms.posted_choices(request.POST)
    except ValueError:
        raise NotFound from None
    with client_scope(request.actor, client, to=Permission.HOURS):
        changed = actions.use_calendars(choices, actor=request.actor.who, now=clock.now())
    words_of = ngettext(
        "%(count)d queue has other hours now.", "%(count)d queues have other hours now.", changed
    )
    messages.success(request, words_of % {"count": changed} if changed else _("Nothing was changed."))
    return HttpResponseRedirect(_path(client, "hours"))


@console_page(Permission.HOURS)
@require_POST
def outside(request: SignedInRequest, slug: str) -> HttpResponse:
    """Say what customers can do outside the hours of each queue, and when they may leave a message."""
    client = client_of_page(slug)
    try:
        choices = forms.posted_reception(request.POST)
    except ValueError:
        raise NotFound from None
    try:
        with client_scope(request.actor, client, to=Permission.HOURS):
            actions.set_reception(choices, actor=request.actor.who, now=clock.now())
    except Invalid as error:
        return _overview(request, client, wrong=error.errors, status=422)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(f"{_path(client, 'hours')}#outside")


@console_page(Permission.HOURS)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Show a calendar; save it, or show what is typed (`preview`) without saving it."""
    client = client_of_page(slug)
    if request.method != "POST":
        return _calendar(request, client, ref)
    draft = forms.posted_calendar(request.POST)
    if not draft.check():
        return _calendar(request, client, ref, draft=draft, status=422)
    if "preview" in request.POST:
        return _calendar(request, client, ref, draft=draft, preview=draft.hours())
    return _save(request, client, ref, draft)


@console_page(Permission.HOURS)
@require_POST
def remove(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Remove a calendar that no queue uses."""
    client = client_of_page(slug)
    try:
        with client_scope(request.actor, client, to=Permission.HOURS):
            actions.remove_calendar(ref, actor=request.actor.who, now=clock.now())
    except NotFound:
        raise
    except RoomError as error:
        messages.warning(request, str(error.message))
        return HttpResponseRedirect(_path(client, "calendar", ref))
    messages.success(request, _("Removed."))
    return HttpResponseRedirect(_path(client, "hours"))


@console_page(Permission.HOURS)
@require_POST
def own_day(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Add a date of the calendar's own, or change it."""
    client, draft = client_of_page(slug), forms.posted_day(request.POST)
    try:
        with client_scope(request.actor, client, to=Permission.HOURS):
            actions.save_own_day(
                ref, day=draft.date, kind=draft.kind, name=draft.name, periods=draft.periods(),
                actor=request.actor.who, now=clock.now(),
            )  # fmt: skip
    except Invalid as error:
        draft.errors = error.errors
        return _calendar(request, client, ref, own=draft, status=422)
    messages.success(request, _("The date is saved."))
    return HttpResponseRedirect(f"{_path(client, 'calendar', ref)}#dates")


@console_page(Permission.HOURS)
@require_POST
def forget_day(request: SignedInRequest, slug: str, ref: UUID, day: str) -> HttpResponse:
    """Forget an own date."""
    client = client_of_page(slug)
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise NotFound from None
    with client_scope(request.actor, client, to=Permission.HOURS):
        actions.remove_own_day(ref, on, actor=request.actor.who, now=clock.now())
    messages.success(request, _("The date is removed: the usual week holds."))
    return HttpResponseRedirect(f"{_path(client, 'calendar', ref)}#dates")


# ---- what the pages show ----


def _overview(
    request: SignedInRequest, client: BrandCard, *, new: CalendarDraft | None = None,
    wrong: dict[str, str] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """`wrong`: what was refused of the card Outside the hours, as the verb names it."""
    typed: Mapping[str, Any] = request.POST if wrong else {}
    now = clock.now()
    with client_scope(request.actor, client, to=Permission.HOURS):
        calendars, rows, closures = list_calendars(now), queue_hours(), live_closures(now)
    context = tab_context(client, "hours") | {
        "calendars": [_card(view, now) for view in calendars],
        "queues": [_reception(row, typed, wrong or {}) for row in rows],
        "behaviours": WhenClosed.choices,
        "closures": [shut(each, client, now) for each in closures],
        "new": new or CalendarDraft(zone=client.timezone),
        "zones": _zones(),
    }
    return render(request, "console/hours.html", context, status=status)


def _calendar(
    request: SignedInRequest, client: BrandCard, ref: UUID, *, draft: CalendarDraft | None = None,
    own: DayDraft | None = None, preview: Calendar | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    now = clock.now()
    with client_scope(request.actor, client, to=Permission.HOURS):
        view = get_calendar(ref, now=now)
        closures = [each for each in live_closures(now) if each.calendar_ref == ref or not each.shut]
    draft = draft or draft_of(view)
    shown = _with_days(preview, view) if preview else view.hours
    context = tab_context(client, "hours") | {
        "calendar": view,
        "draft": draft,
        "is_preview": preview is not None,
        "closures": [shut(each, client, now) for each in closures],
        "own": own or DayDraft(day=request.GET.get("day", "")[:10]),
        "kinds": HolidayKind.choices,
        "own_days": _own_days(view, now),
        "zones": _zones(draft.zone),
        "countries": countries().items(),
        "parts": subdivisions(draft.country).items(),
    }
    return render(request, "console/hours_calendar.html", context | _told(shown, now), status=status)


def _told(hours: Calendar, now: datetime) -> dict[str, Any]:
    """Return the calendar in words, as a strip, and its public holidays."""
    today = now.astimezone(ZoneInfo(hours.zone)).date()
    return {
        "sentence": words.sentence(hours, today=today),
        "strip": words.strip(hours, now=now),
        "holidays": words.holidays_ahead(hours, today=today),
        "place": words.place_words(hours) if hours.country else "",
    }


def _with_days(hours: Calendar, view: CalendarView) -> Calendar:
    """Return what is typed together with the saved dates and closures, which the form does not hold."""
    return Calendar(
        hours.zone, hours.week, hours.country, hours.subdivision, view.hours.days, view.hours.closures
    )


def _card(view: CalendarView, now: datetime) -> dict[str, Any]:
    is_open, state = words.state_words(view.hours, now=now)
    today = now.astimezone(ZoneInfo(view.hours.zone)).date()
    sentence = words.sentence(view.hours, today=today)
    return {
        "view": view, "key": str(view.ref), "is_open": is_open, "state": state, "sentence": sentence,
    }  # fmt: skip


def _reception(row: QueueHours, typed: Mapping[str, Any], wrong: Mapping[str, str]) -> dict[str, Any]:
    """Return a queue with what its customers can do, as typed where that was refused."""
    fields = {"leave_after": f"leave-{row.ref}", "callback_after": f"call-{row.ref}"}
    numbers = [
        {
            "id": key, "label": WAITING[name], "error": wrong.get(f"{row.ref}.{name}", ""),
            "value": typed.get(key, "" if (held := getattr(row, name)) is None else held),
        }
        for name, key in fields.items()
    ]  # fmt: skip
    closed_id = f"call-closed-{row.ref}"
    return {
        "ref": row.ref,
        "name": row.name,
        "calendar_ref": row.calendar_ref,
        "when_closed": typed.get(f"closed-{row.ref}", row.when_closed),
        "preview": words.closed_words(row.when_closed),
        "error": wrong.get(f"{row.ref}.when_closed", ""),
        "numbers": numbers,
        "closed_id": closed_id,
        "callback_closed": closed_id in typed if typed else row.callback_closed,
    }


def _own_days(view: CalendarView, now: datetime) -> list[dict[str, Any]]:
    """Return the own dates that are not over."""
    today = now.astimezone(ZoneInfo(view.hours.zone)).date()
    return [
        {
            "view": each,
            "day": words.day_words(each.day),
            "iso": each.day.isoformat(),
            "what": words.span_words(each.periods) if each.periods else HolidayKind(each.kind).label,
        }
        for each in view.days
        if each.day >= today
    ]


@cache
def _known_zones() -> tuple[str, ...]:
    return tuple(sorted(name for name in zones() if name.split("/")[0] in REGIONS))


def _zones(chosen: str = "") -> list[str]:
    """Return the zones to choose from; an old name that is in use stays one of them."""
    known = list(_known_zones())
    return known if chosen in known or chosen not in zones() else [chosen, *known]


# ---- steps of the posts ----


def _save(request: SignedInRequest, client: BrandCard, ref: UUID, draft: CalendarDraft) -> HttpResponse:
    version = int(draft.version) if draft.version.isdecimal() and len(draft.version) < 10 else 0
    try:
        with client_scope(request.actor, client, to=Permission.HOURS):
            actions.save_calendar(
                ref, name=draft.name, zone=draft.zone, week=draft.rows(), country=draft.country,
                subdivision=draft.part, version=version, actor=request.actor.who, now=clock.now(),
            )  # fmt: skip
    except NotFound:
        raise
    except RoomError as error:
        draft.refuse(_errors(error))
        return _calendar(request, client, ref, draft=draft, status=error.status)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(_path(client, "calendar", ref))


def _errors(error: RoomError) -> dict[str, str]:
    return error.errors if isinstance(error, Invalid) else {"form": str(error.message)}


def _path(client: BrandCard, name: str, *more: object) -> str:
    return reverse(f"console:{name}", args=(client.slug, *more))
