"""From what clocks on the wall show to the instant: some times come twice, others never. Pure."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core.dates import dated

OFFSET = re.compile(r"Z|([+-])(\d{2}):?(\d{2})")
MINUTE = timedelta(minutes=1)


class Unclear(ValueError):
    """It names no instant, or two of them; says what to write instead."""


def instant_of(day: date, wall: time, offset: str, zone: ZoneInfo) -> datetime:
    """Return the instant at which clocks of the zone show the time; `offset` is "" where none was written.

    Raises Unclear for a time that comes twice and has no offset, one that does not come at all, and an offset
    that the zone does not have then.
    """
    local = datetime.combine(day, wall)
    found = _instants(local, zone)
    if not found:
        raise Unclear(_never(local, zone))
    if offset:
        wanted = read_offset(offset)
        named = [at for at in found if at.astimezone(zone).utcoffset() == wanted]
        if wanted is None or not named:
            raise Unclear(_strange(local, offset, found, zone))
        return named[0]
    if len(found) > 1:
        raise Unclear(_both(local, found, zone))
    return found[0]


def read_offset(text: str) -> timedelta | None:
    """Read Z, +02:00 or -0330; None for anything else."""
    found = OFFSET.fullmatch(text)
    if found is None:
        return None
    if found[1] is None:
        return timedelta(0)
    size = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return -size if found[1] == "-" else size


def offset_words(at: datetime, zone: ZoneInfo) -> str:
    """Write the offset of an instant as +02:00."""
    minutes = (at.astimezone(zone).utcoffset() or timedelta(0)) // MINUTE
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def _instants(local: datetime, zone: ZoneInfo) -> list[datetime]:
    """All instants at which the zone's clocks show it, none to two of them."""
    both = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(at for at in both if at.astimezone(zone).replace(tzinfo=None) == local)


def _words(local: datetime, zone: ZoneInfo) -> dict[str, str]:
    return {
        "time": f"{local:%H:%M}", "day": dated(local, "j F Y"), "zone": zone.key
    }  # fmt: skip


def _never(local: datetime, zone: ZoneInfo) -> str:
    words = _("%(time)s does not come on %(day)s: clocks in %(zone)s are put forward over it.")
    return words % _words(local, zone)


def _both(local: datetime, found: list[datetime], zone: ZoneInfo) -> str:
    first, second = (f"{local:%H:%M}{offset_words(at, zone)}" for at in found)
    words = _("%(time)s comes twice on %(day)s in %(zone)s: write %(first)s or %(second)s.")
    return words % (_words(local, zone) | {"first": first, "second": second})


def _strange(local: datetime, offset: str, found: list[datetime], zone: ZoneInfo) -> str:
    own = ", ".join(offset_words(at, zone) for at in found)
    words = _("%(offset)s is not the offset of %(zone)s at %(time)s on %(day)s: that is %(own)s.")
    return words % (_words(local, zone) | {"offset": offset, "own": own})
