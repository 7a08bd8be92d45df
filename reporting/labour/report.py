"""Agents' time of a period as a client reads it: by kind of pool, reason, agent and interval. Values only."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.comparing import Earlier, before, compared, words_of
from reporting.counting import Counting, counting
from reporting.figures import Figure, figure
from reporting.intervals import INTERVAL
from reporting.labour.metrics import SHOWN
from reporting.labour.reading import labour_sums, minutes_within, shares_by_part, sums_from_minutes
from reporting.labour.sums import AWAY, Minutes
from reporting.measures import Sums
from reporting.numbers import shown
from reporting.periods import Period
from reporting.steps import Slot
from reporting.stored import of_period
from routing.choices import PoolKind
from workforce.choices import WORK_KINDS, TimeKind
from workforce.values import ReasonView

NO_POOL = "none"
"""How an address names time that came through no pool."""
HOURS_OF_A_PAGE = timedelta(hours=2)


@dataclass(frozen=True)
class Column:
    """Time of some kinds; of every kind without. `billable`: what is billable alone."""

    label: Promise
    kinds: tuple[str, ...] = tuple(TimeKind.values)
    billable: bool = False

    @property
    def rows(self) -> Q:
        """The rows that it adds up."""
        return Q(kind__in=self.kinds) & (Q(billable=True) if self.billable else Q())

    def takes(self, one: Minutes) -> bool:
        return one.kind in self.kinds and (one.billable or not self.billable)


COLUMNS: tuple[Column, ...] = (
    Column(gettext_lazy("On contacts"), tuple(WORK_KINDS)),
    Column(gettext_lazy("Waiting"), (TimeKind.WAITING,)),
    Column(gettext_lazy("Away"), AWAY),
    Column(gettext_lazy("All of it")),
    Column(gettext_lazy("Billable"), billable=True),
)
HEAD: tuple[Promise, ...] = (
    gettext_lazy("Queue"), gettext_lazy("Agent"), gettext_lazy("Kind of pool"), gettext_lazy("Activity"),
    gettext_lazy("Reason"), gettext_lazy("Billable"), gettext_lazy("Paid"), gettext_lazy("Seconds"),
    gettext_lazy("Seconds of contacts, each in full"),
)  # fmt: skip


@dataclass(frozen=True)
class Names:
    """What ids and codes are called towards this brand: aliases of agents, queues, reasons to be away."""

    agents: Mapping[int, str]
    queues: Mapping[int, str]
    reasons: Mapping[str, ReasonView]

    def agent(self, agent_id: int) -> str:
        return self.agents.get(agent_id) or str(_("An agent"))

    def activity(self, one: Minutes) -> str:
        return str(TimeKind(one.kind).label)

    def reason(self, code: str) -> str:
        """Return the label of a reason; of an absence without one, what it was."""
        if code in self.reasons:
            return self.reasons[code].label
        return str(TimeKind(code).label) if code in TimeKind.values else code


@dataclass(frozen=True)
class TimeLine:
    """Time by COLUMNS, in hours and minutes; `query` narrows the rows behind it, `note` says what it is."""

    label: str
    query: str
    cells: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class AgentsTime(Counting):
    """Everything the page shows but the intervals; empty where no time was this brand's."""

    figures: tuple[Figure, ...]
    compared_with: str
    verdict: str
    pools: tuple[TimeLine, ...]
    activities: tuple[TimeLine, ...]
    reasons: tuple[TimeLine, ...]
    agents: tuple[TimeLine, ...]
    whole: TimeLine


def agents_time(*, period: Period, zone: ZoneInfo, now: datetime, names: Names) -> AgentsTime:
    """Return the agents' time of the period, cut in `zone`, against the one before it; in a tenant_scope.

    All time counts, whatever the opening hours are.
    """
    of = replace(counting(period=period, zone=zone, now=now), has_hours=False)
    found = minutes_within(of.cut[0].start, of.cut[-1].end)
    sums = sums_from_minutes(found)
    sums.take(_contacts(of))
    then = None if of.is_to_come else _before(of, now)
    return AgentsTime(
        **of.parts,
        figures=compared([figure(metric, sums) for metric in SHOWN], then),
        compared_with=then.words if then else "",
        verdict=_verdict(of, found),
        pools=_lines(found, lambda one: one.pool_kind, "pool", pool_label),
        activities=_lines(found, lambda one: one.kind, "kind", lambda kind: str(TimeKind(kind).label)),
        reasons=_reasons(found, names),
        agents=_lines(found, lambda one: names.agent(one.agent_id), "agent", str),
        whole=TimeLine(str(_("All of it")), "", _cells(found)),
    )


def slot_times(slots: Sequence[Slot]) -> list[TimeLine]:
    """Return a line for each interval, which follow one another; in a tenant_scope."""
    if not slots:
        return []
    starts, kept = [slot.start for slot in slots], [column.rows for column in COLUMNS]
    found = shares_by_part(starts, slots[-1].end, kept)
    return [TimeLine(slot.label, "", tuple(map(hours, of))) for slot, of in zip(slots, found, strict=True)]


def pages(of: Counting) -> Iterator[tuple[datetime, datetime]]:
    """Cut a period into what is fetched at once, `[start, end)`."""
    start, end = of.cut[0].start, of.cut[-1].end
    while start < end:
        yield start, min(start + HOURS_OF_A_PAGE, end)
        start += HOURS_OF_A_PAGE


def cells(found: Iterable[tuple[datetime, Minutes]], names: Names, zone: ZoneInfo) -> Iterator[list[str]]:
    """Yield lines of a file: both ends with their offset, then HEAD; seconds to the microsecond."""
    for start, one in found:
        ends = [at.astimezone(zone).isoformat(timespec="minutes") for at in (start, start + INTERVAL)]
        yield [
            *ends, names.queues.get(one.queue_id, ""), names.agent(one.agent_id) if one.agent_id else "",
            pool_label(one.pool_kind), names.activity(one), names.reason(one.reason), _yes(one.billable),
            _yes(one.paid), exact(one.share), exact(one.session),
        ]  # fmt: skip


def pool_label(kind: str) -> str:
    return str(PoolKind(kind).label) if kind else str(_("No pool"))


def exact(micros: int) -> str:
    """Return seconds with all their microseconds: 450.000001."""
    return f"{Decimal(micros) / 1_000_000:.6f}"


def hours(micros: int) -> str:
    """Return hours and minutes: 12:30; "–" for none at all."""
    return shown("minutes", Fraction(micros, 60_000_000))[0] if micros else "–"


def _contacts(of: Counting) -> Sums:
    (sums,) = of_period(of, [of.cut[0].start], numbers=["handled"], spreads=False).parts
    return sums


def _before(of: Counting, now: datetime) -> Earlier:
    found = before(of, now)
    sums = labour_sums(found.cut[0].start, found.cut[-1].end)
    sums.take(_contacts(found))
    return Earlier(sums, words_of(found, ZoneInfo(of.zone)))


def _verdict(of: Counting, found: Sequence[Minutes]) -> str:
    if of.is_to_come:
        return _("This period has not begun.")
    if not found:
        return _("No agent's time was yours in this period, or it is not added up yet.")
    whole, billable = (
        sum(one.share for one in part) for part in (found, [one for one in found if one.billable])
    )
    words = _("%(whole)s hours of agents' time were yours, %(billable)s of them billable.")
    return words % {"whole": hours(whole), "billable": hours(billable)}


def _lines(
    found: Sequence[Minutes], part: Callable[[Minutes], str], name: str, label: Callable[[str], str]
) -> tuple[TimeLine, ...]:
    """Return a line for each part, the most time first."""
    groups: dict[str, list[Minutes]] = {}
    for one in found:
        groups.setdefault(part(one), []).append(one)
    most = sorted(groups, key=lambda key: (-sum(one.share for one in groups[key]), key))
    return tuple(TimeLine(label(key), urlencode({name: key or NO_POOL}), _cells(groups[key])) for key in most)


def _reasons(found: Sequence[Minutes], names: Names) -> tuple[TimeLine, ...]:
    """Absences by reason, those that are paid apart from those that are not."""
    away = [one for one in found if one.is_away]
    lines = []
    for paid in (True, False):
        part = [one for one in away if one.paid == paid]
        said = str(_("Paid") if paid else _("Unpaid"))
        lines += [
            replace(line, note=said)
            for line in _lines(part, lambda one: one.reason or one.kind, "reason", names.reason)
        ]
    return tuple(lines)


def _cells(found: Sequence[Minutes]) -> tuple[str, ...]:
    return tuple(hours(sum(one.share for one in found if column.takes(one))) for column in COLUMNS)


def _yes(value: bool) -> str:
    return str(_("yes") if value else _("no"))
