"""A calendar in plain words and as a strip of days, for the console."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.dates import dated
from core.hours import (
    DAY,
    Calendar,
    Span,
    countries,
    day_bounds,
    day_periods,
    next_closing,
    next_opening,
    opening_intervals,
    public_holidays,
    subdivisions,
)
from interactions.calendar_rules import told
from interactions.connectors.webchat.texts import panel_words
from routing.hours import Hours

STRIP_DAYS = 14
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Stripe:
    """One day of the strip: `bars` are (from, length) in minutes of the local day, `words` say the same."""

    day: str
    bars: tuple[tuple[int, int], ...]
    words: str
    note: str
    is_today: bool


@dataclass(frozen=True, slots=True)
class PublicHoliday:
    """A public holiday of the year to come. `overruled`: an own date says something else of it."""

    day: date
    shown: str
    iso: str
    name: str
    overruled: bool


def sentence(calendar: Calendar, *, today: date) -> str:
    """Return the hours as one sentence: Open Mon–Fri 08:00–20:00 Europe/Stockholm, closed on …"""
    week = week_words(calendar)
    if not week:
        return _("Never open: there is no opening period yet.")
    parts = [_("Open %(week)s %(zone)s") % {"week": week, "zone": calendar.zone}]
    parts += [words for words in (_holiday_words(calendar, today), _own_words(calendar, today)) if words]
    return f"{', '.join(parts)}."


def week_words(calendar: Calendar) -> str:
    """Return the week with days of equal hours together: Mon–Fri 08:00–17:00; Sat 10:00–14:00."""
    groups: dict[tuple[Span, ...], list[int]] = {}
    for weekday in range(7):
        if periods := _joined(calendar.week.get(weekday, ())):
            groups.setdefault(periods, []).append(weekday)
    if groups.get(((0, DAY),)) == list(range(7)):
        return _("day and night")
    return "; ".join(f"{_days(days)} {span_words(periods)}" for periods, days in groups.items())


def span_words(periods: tuple[Span, ...]) -> str:
    """Return periods as people write them: 08:00–12:00 and 13:00–17:00."""
    if periods == ((0, DAY),):
        return _("day and night")
    spans = [f"{told(opens)}–{told(closes)}" for opens, closes in periods]
    return _(" and ").join([", ".join(spans[:-1]), spans[-1]] if len(spans) > 1 else spans)


def holidays_ahead(calendar: Calendar, *, today: date) -> list[PublicHoliday]:
    """Return the public holidays of the next 12 months, named in the reader's language where they can be."""
    language = get_language() or ""
    found = public_holidays(
        calendar.country, calendar.subdivision, today, today + YEAR, language=language.split("-")[0]
    )
    return [
        PublicHoliday(day, day_words(day), day.isoformat(), name, day in calendar.days)
        for day, name in found.items()
    ]


def strip(calendar: Calendar, *, now: datetime) -> list[Stripe]:
    """Return the next 14 days, closures taken out."""
    today = now.astimezone(ZoneInfo(calendar.zone)).date()
    names = {each.day: each.name for each in holidays_ahead(calendar, today=today)}
    days = (today + timedelta(days=n) for n in range(STRIP_DAYS))
    return [_stripe(calendar, day, names.get(day, ""), today) for day in days]


def state_words(calendar: Calendar, *, now: datetime) -> tuple[bool, str]:
    """Return whether it is open now, and until when in words."""
    opening = next_opening(calendar, now)
    if opening is None:
        return False, _("Closed, and no opening is in sight")
    if opening > now:
        return False, _("Closed, opens %(when)s") % {"when": moment_words(opening, calendar.zone)}
    closing = next_closing(calendar, now)
    if closing is None:
        return True, _("Open day and night")
    return True, _("Open until %(when)s") % {"when": moment_words(closing, calendar.zone)}


def plan_words(hours: Hours, *, zone: str, now: datetime) -> str:
    """Return what routing knows of a queue's hours, in the zone; "" for day and night."""
    if hours.openings is None:
        return ""
    turns = hours.turns_at(now)
    when = f"{moment_words(turns, zone)} ({zone})" if turns else ""
    if hours.is_closed(now):
        return _("Closed, opens %(when)s") % {"when": when} if turns else _("Closed")
    return _("Open until %(when)s") % {"when": when} if turns else _("Open")


def closed_words(when_closed: str) -> str:
    """Return what the chat says below the opening time, as it says it."""
    said = panel_words()
    return said.get(f"closed_{when_closed}") or said["away_body"]


def moment_words(at: datetime, zone: str) -> str:
    """Return an instant in the zone: Mon 30 Nov 2026, 08:00."""
    return dated(at.astimezone(ZoneInfo(zone)), "D j M Y, H:i")


def day_words(day: date) -> str:
    return dated(day, "D j M Y")


def place_words(calendar: Calendar) -> str:
    """Return the country whose holidays count: Australia (South Australia)."""
    country = countries().get(calendar.country, calendar.country)
    part = subdivisions(calendar.country).get(calendar.subdivision, "")
    return f"{country} ({part})" if part else country


def weekday_short(weekday: int) -> str:
    return dated(date(2024, 1, 1 + weekday), "D")


def _holiday_words(calendar: Calendar, today: date) -> str:
    closed = sum(not each.overruled for each in holidays_ahead(calendar, today=today))
    if not calendar.country:
        return ""
    words = ngettext(
        "closed on %(count)d public holiday of %(country)s within a year",
        "closed on %(count)d public holidays of %(country)s within a year",
        closed,
    )
    return words % {"count": closed, "country": place_words(calendar)}


def _own_words(calendar: Calendar, today: date) -> str:
    ahead = sum(day >= today for day in calendar.days)
    words = ngettext("%(count)d date of its own", "%(count)d dates of its own", ahead)
    return words % {"count": ahead} if ahead else ""


def _stripe(calendar: Calendar, day: date, holiday: str, today: date) -> Stripe:
    start, end = day_bounds(calendar, day)
    found = opening_intervals(calendar, start, end)
    bars = tuple(_bar(since, until, end, calendar.zone) for since, until in found)
    spans = tuple((opens, opens + length) for opens, length in bars)
    words = span_words(spans) if spans else _("Closed")
    return Stripe(day_words(day), bars, words, _note(calendar, day, holiday, spans), day == today)


def _bar(since: datetime, until: datetime, end: datetime, zone: str) -> tuple[int, int]:
    """Return an interval of a day by the clock on the wall; what is left of a minute counts as one."""
    begins = _minute(since, zone)
    ends = DAY if until == end else _minute(until, zone)
    return begins, max(ends - begins, 1)


def _minute(at: datetime, zone: str) -> int:
    local = at.astimezone(ZoneInfo(zone))
    return local.hour * 60 + local.minute


def _note(calendar: Calendar, day: date, holiday: str, spans: tuple[Span, ...]) -> str:
    """Return why the day differs from its week, if it does."""
    if day in calendar.days:
        return holiday or _("Own date")
    if holiday:
        return holiday
    return _("Closure") if spans != _joined(day_periods(calendar, day)) and calendar.closures else ""


def _joined(periods: tuple[Span, ...]) -> tuple[Span, ...]:
    """Return periods that touch as one."""
    joined: list[Span] = []
    for opens, closes in sorted(periods):
        if joined and opens <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(closes, joined[-1][1])
        else:
            joined.append((opens, closes))
    return tuple(joined)


def _days(weekdays: list[int]) -> str:
    """Return weekdays with neighbours as a range: Mon–Wed, Fri."""
    if len(weekdays) == 7:
        return _("every day")
    runs: list[list[int]] = []
    for weekday in weekdays:
        if runs and weekday == runs[-1][-1] + 1:
            runs[-1].append(weekday)
        else:
            runs.append([weekday])
    return ", ".join(_run(run) for run in runs)


def _run(run: list[int]) -> str:
    ends = [weekday_short(weekday) for weekday in (run[0], run[-1])]
    return "–".join(ends) if len(run) > 1 else ends[0]
