"""What a calendar, an own date and a closure must be: all that is wrong at once, each by the path of its key.

Pure: the console, a YAML file and the API ask the same questions.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.hours import DAY, Span, countries, split_overnight, subdivisions, zones
from interactions.choices import HolidayKind, WhenClosed
from interactions.values import Reception

Row = tuple[int, int, int]
"""(weekday, opens, closes): 0 is Monday, minutes since midnight; one that closes no later than it opens goes
on into the next day."""
Errors = dict[str, str]

MOST_PERIODS = 10  # a day
MOST_DAYS = 400  # own dates of a calendar
MOST_TEXT = 300
SHORTEST_WAIT, LONGEST_WAIT = 10, 86_400  # seconds, before a message may be left or a call asked for
JUST_NOW = timedelta(minutes=1)
LONGEST_CLOSURE = timedelta(days=366)
WEEKDAYS: tuple["str | Promise", ...] = (
    gettext_lazy("Monday"), gettext_lazy("Tuesday"), gettext_lazy("Wednesday"), gettext_lazy("Thursday"),
    gettext_lazy("Friday"), gettext_lazy("Saturday"), gettext_lazy("Sunday"),
)  # fmt: skip


def told(minute: int) -> str:
    """Return minutes since midnight as a clock tells them: 510 -> "08:30"."""
    return f"{minute // 60:02}:{minute % 60:02}"


def calendar_errors(*, name: str, zone: str, country: str, subdivision: str, week: Sequence[Row]) -> Errors:
    """Return what is wrong: `name`, `zone`, `country`, `subdivision`, `week.<index of the row>`."""
    return _name_errors(name) | _zone_errors(zone) | _country_errors(country, subdivision) | week_errors(week)


def week_errors(week: Sequence[Row]) -> Errors:
    """Return `week.<index>` -> what is wrong with that row: its numbers, or another period of its day."""
    wrong = {f"week.{n}": _("This is not a time of day.") for n, row in enumerate(week) if not _is_row(row)}
    if wrong:
        return wrong
    by_day: dict[int, list[tuple[Span, int]]] = {}
    for n, row in enumerate(week):
        for weekday, span in split_overnight(*row):
            by_day.setdefault(weekday, []).append((span, n))
    for weekday, periods in by_day.items():
        wrong |= _day_errors(weekday, sorted(periods))
    return wrong


def split_week(week: Sequence[Row]) -> list[tuple[int, Span]]:
    """Return sound rows as periods of single days, in order."""
    return sorted(part for row in week for part in split_overnight(*row))


def own_day_errors(*, day: date | None, name: str, kind: str, periods: Sequence[Span]) -> Errors:
    """Return what is wrong: `day`, `name`, `kind`, `periods`, `periods.<index>`."""
    wrong: Errors = {}
    if day is None:
        wrong["day"] = _("Say which date.")
    if len(name) > 80:
        wrong["name"] = _("Use at most 80 characters.")
    if kind not in HolidayKind.values:
        wrong["kind"] = _("Say what the day is: closed, other hours, or open as usual.")
    elif kind == HolidayKind.HOURS and not periods:
        wrong["periods"] = _("Say from when to when it is open on that day.")
    return wrong | (_own_period_errors(periods) if kind == HolidayKind.HOURS else {})


def closure_errors(
    *, started_at: datetime, until: datetime | None, texts: Mapping[str, str], reason: str
) -> Errors:
    """Return what is wrong: `until`, `texts.<language>`, `reason`."""
    wrong: Errors = {}
    if until is not None and until <= started_at:
        wrong["until"] = _("This is over already: choose a later time, or leave it empty.")
    elif until is not None and until - started_at > LONGEST_CLOSURE:
        wrong["until"] = _("Choose a time within a year, or leave it empty: until further notice.")
    for language, text in texts.items():
        if len(text) > MOST_TEXT:
            wrong[f"texts.{language}"] = _("Use at most %(most)d characters.") % {"most": MOST_TEXT}
    if len(reason) > 200:
        wrong["reason"] = _("Use at most %(most)d characters.") % {"most": 200}
    return wrong


def reception_errors(choices: Mapping[UUID, Reception]) -> Errors:
    """Return what is wrong with what customers can do: `<ref of the queue>.<field of Reception>`."""
    wrong: Errors = {}
    for ref, choice in choices.items():
        if choice.when_closed not in WhenClosed.values:
            wrong[f"{ref}.when_closed"] = _("Choose what customers can do.")
        for name in ("leave_after", "callback_after"):
            seconds = getattr(choice, name)
            if seconds is not None and not SHORTEST_WAIT <= seconds <= LONGEST_WAIT:
                wrong[f"{ref}.{name}"] = _("Say seconds, from 10 to a day; empty is never.")
    return wrong


def early_errors(
    *, at: datetime, ends: datetime, texts: Mapping[str, str], reason: str, now: datetime
) -> Errors:
    """Return what is wrong with an early closing today: `at`, `texts.<language>`, `reason`."""
    wrong = closure_errors(started_at=now, until=None, texts=texts, reason=reason)
    if not reason.strip():
        wrong["reason"] = _("Say why it closes early.")
    if at >= ends:
        wrong["at"] = _("Choose a time of today: it closes for the rest of the day.")
    elif at < now - JUST_NOW:
        wrong["at"] = _("This time is over: choose a later one.")
    return wrong


def _name_errors(name: str) -> Errors:
    if not name.strip():
        return {"name": _("Give the hours a name.")}
    return {"name": _("Use at most 80 characters.")} if len(name) > 80 else {}


def _zone_errors(zone: str) -> Errors:
    return {} if zone in zones() else {"zone": _("This time zone is not known. Choose one of the list.")}


def _country_errors(country: str, subdivision: str) -> Errors:
    if country and country not in countries():
        return {"country": _("The public holidays of this country are not known.")}
    if subdivision and subdivision not in subdivisions(country):
        return {"subdivision": _("This part does not belong to the country.")}
    return {}


def _is_row(row: Row) -> bool:
    weekday, opens, closes = row
    return 0 <= weekday <= 6 and 0 <= opens < DAY and 0 <= closes <= DAY


def _day_errors(weekday: int, periods: list[tuple[Span, int]]) -> Errors:
    wrong: Errors = {}
    for (one, _n), (other, n) in zip(periods, periods[1:], strict=False):
        if other[0] < one[1]:
            wrong[f"week.{n}"] = _("This overlaps %(from)s–%(until)s on %(day)s.") % {
                "from": told(one[0]), "until": told(one[1]), "day": WEEKDAYS[weekday],
            }  # fmt: skip
    if len(periods) > MOST_PERIODS:
        wrong[f"week.{periods[-1][1]}"] = _("A day has at most %(most)d periods.") % {"most": MOST_PERIODS}
    return wrong


def _own_period_errors(periods: Sequence[Span]) -> Errors:
    wrong: Errors = {}
    for n, (opens, closes) in enumerate(periods):
        if not 0 <= opens < closes <= DAY:
            wrong[f"periods.{n}"] = _("It has to close later on the same day. Midnight is 00:00.")
        elif any(opens < other[1] and other[0] < closes for other in periods[:n]):
            wrong[f"periods.{n}"] = _("This overlaps another period of the day.")
    return wrong
