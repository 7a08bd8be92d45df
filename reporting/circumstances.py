"""What was agreed, or is disputed, of the hours that pulled a target down: exclusions and overruns.

Values only; asked inside a tenant_scope.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from reporting.choices import ExclusionState
from reporting.exclusions import LeftOut, left_out
from reporting.forecasts.agreed import Calendar, DayForecast, calendar, days_forecast
from reporting.forecasts.comparing import cells_of
from reporting.forecasts.overruns import overruns

Hour = tuple[int, datetime, datetime]
"""(queue, start, end)"""
Came = Mapping[tuple[datetime, int], int]
"""How many came in by (quarter of an hour, queue)."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What there is to say of any of the hours that it was asked for."""

    exclusions: Sequence[LeftOut]
    terms: Calendar
    days: Mapping[tuple[date, int], DayForecast]
    now: datetime

    def of(self, hour: Hour, came: Came) -> tuple[str, ...]:
        """Say it of an hour, exclusions first."""
        queue_id, start, end = hour
        said = [_words(one) for one in self.exclusions if one.holds(queue_id, start, end)]
        return (*said, *self._more_than_agreed(hour, came))

    def _more_than_agreed(self, hour: Hour, came: Came) -> list[str]:
        queue_id, start, end = hour
        day = start.astimezone(self.terms.zone).date()
        found = self.days.get((day, queue_id))
        cells = cells_of([found], came, self.terms.zone, self.now) if found else []
        within = [cell for cell in cells if start <= cell.slot.start < end]
        return [one.words for one in overruns(within, of=self.terms, queues={})]


def circumstances(hours: Sequence[Hour], *, zone: ZoneInfo, now: datetime) -> Circumstances:
    """Look for what was agreed or is disputed; three statements at most, none for no hours."""
    if not hours:
        return Circumstances((), Calendar((), zone), {}, now)
    first, last = min(start for _q, start, _e in hours), max(end for _q, _s, end in hours)
    terms = calendar(zone)
    days = {}
    if terms.terms:
        days = days_forecast(
            first.astimezone(zone).date(), last.astimezone(zone).date(), of=terms, now=now,
            queue_ids={queue_id for queue_id, _s, _e in hours},
        )  # fmt: skip
    return Circumstances(left_out(first, last), terms, days, now)


def _words(one: LeftOut) -> str:
    named = {"cause": one.cause_words}
    if one.answer.state == ExclusionState.ACCEPTED:
        return _("%(cause)s: a part was left out") % named
    if one.answer.state == ExclusionState.REFUSED:
        return _("%(cause)s: counts, as leaving it out was refused") % named
    return _("%(cause)s: proposed to be left out, not answered yet") % named
