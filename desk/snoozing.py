"""Until when a conversation can be put away: some choices or an own time, by the zone of the agent's site."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.dates import dated
from core.hours import wall_time
from interactions.errors import Refused
from workforce.queries import clock_of

MORNING = time(9)
QUARTER = timedelta(minutes=15)
OWN = "own"


@dataclass(frozen=True)
class Until:
    """One choice; `words` name it, `when` says the time in the zone."""

    code: str
    words: str
    at: datetime
    when: str


def zone_of(actor: Actor) -> ZoneInfo:
    """Return the zone of the agent's site, else their own."""
    mine = clock_of(actor.user_id)
    return ZoneInfo(mine.zone if mine else actor.timezone)


def choices(zone: ZoneInfo, now: datetime) -> tuple[Until, ...]:
    """Return in an hour, later today while there is some of it left, and tomorrow morning."""
    here = timezone.localtime(now, zone)
    hour, later = _rounded(here + timedelta(hours=1)), _rounded(here + timedelta(hours=3))
    morning = datetime.combine(here.date() + timedelta(days=1), MORNING, tzinfo=zone)
    found = [("hour", _("In an hour"), hour)]
    if later.date() == here.date():
        found.append(("later", _("Later today"), later))
    found.append(("morning", _("Tomorrow morning"), morning))
    return tuple(Until(code, words, at, when_words(at, now, zone)) for code, words, at in found)


def instant_of(form: Mapping[str, str], *, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the instant that was chosen: the code of a choice, or `own` with a local time in `at`.

    Raises Refused for no choice and for a time that the zone's clocks skip.
    """
    code = form.get("until", "")
    for choice in choices(zone, now):
        if choice.code == code:
            return choice.at
    try:
        local = wall_time(form.get("at", "")) if code == OWN else None
    except ValueError:
        local = None
    if local is None:
        raise Refused(_("Choose until when."), code="no_until")
    at = local.replace(tzinfo=zone)
    if timezone.localtime(at.astimezone(ZoneInfo("UTC")), zone).replace(tzinfo=None) != local:
        raise Refused(_("That time does not exist: the clocks change then."), code="no_until")
    return at


def when_words(at: datetime, now: datetime, zone: ZoneInfo | None = None) -> str:
    """`15:00` on the same day, `Sat 09:00` within a week, else the date too."""
    there, here = timezone.localtime(at, zone), timezone.localtime(now, zone)
    days = (there.date() - here.date()).days
    if not days:
        return dated(there, "H:i")
    return dated(there, "D H:i" if 0 < days < 7 else "j M H:i")


def _rounded(at: datetime) -> datetime:
    """The next quarter of an hour."""
    over = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at + (QUARTER - over if over else timedelta())
