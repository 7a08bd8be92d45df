"""Hours of agents by client, kind of pool and reason; and the paid hours that were nobody's. Values only.

All of it adds up: clients' time, nobody's paid time, what is not paid, and tests are the agents' wall time of
the period, but for quarters of an hour in which an agent was offline throughout.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from core.shares import percent
from desk.days import Words, handle_of
from reporting.choices import Counted
from reporting.clocks import elapsed
from reporting.counting import Counting
from reporting.days import day_of
from reporting.labour.report import NO_POOL, exact, hours, pool_label
from reporting.labour.sums import AWAY
from reporting.periods import Period
from routing.labour import QUARTER
from routing.models import AgentTime, TimedQuarter
from tenants.cards import past_and_present
from tenants.scope import labour_scope
from tenants.values import BrandCard
from workforce import queries
from workforce.choices import WORK_KINDS, TimeKind
from workforce.values import AgentClock

KINDS = ("brand_id", "pool_kind", "kind", "reason", "billable", "paid", "is_test")
HEAD = (
    "date", "zone", "client", "pool", "activity", "reason", "billable", "paid", "test", "seconds",
    "seconds_of_contacts",
)  # fmt: skip
NOBODY = "nobody"
"""How an address names time that was no client's."""


@dataclass(frozen=True)
class Piece:
    """Time of one kind over all agents, or of one; in microseconds."""

    brand_id: int | None
    pool_kind: str
    kind: str
    reason: str
    billable: bool
    paid: bool
    is_test: bool
    share: int
    session: int = 0
    agent_id: int = 0

    @property
    def is_theirs(self) -> bool:
        return self.brand_id is not None and not self.is_test

    @property
    def is_nobodys(self) -> bool:
        """Paid, and no client's: what the house cannot explain to one."""
        return self.brand_id is None and self.paid


Takes = Callable[[Piece], bool]
COLUMNS: tuple[Takes, ...] = (
    lambda one: one.kind in WORK_KINDS,
    lambda one: one.kind == TimeKind.WAITING,
    lambda one: one.kind in AWAY,
    lambda one: True,
    lambda one: one.billable,
)
"""On contacts, waiting, away, all of it, billable."""


@dataclass(frozen=True)
class Line:
    """Hours and minutes by COLUMNS; `query` names what is behind them."""

    label: str
    query: str
    cells: tuple[str, ...]
    card: BrandCard | None = None


@dataclass(frozen=True)
class Part:
    """Hours of one kind, and their share of the paid time, with one decimal."""

    label: str
    query: str
    hours: str
    share: str = ""


@dataclass(frozen=True)
class ByClient:
    """The hours of a period. `until`: up to where they are added up, None for nothing yet."""

    of: Counting
    clients: tuple[Line, ...]
    whole: Line
    nobodys: tuple[Part, ...]
    nobody: Part
    unpaid: tuple[Part, ...]
    tests: str
    wall: str
    paid: str
    until: datetime | None

    @property
    def hues(self) -> list[int]:
        return sorted({line.card.hue for line in self.clients if line.card})


@dataclass(frozen=True)
class AgentLine:
    """How much of it was of one agent."""

    who: AgentClock
    hours: str


def days_of(period: Period, zone: ZoneInfo, now: datetime) -> Counting:
    """Return the period, cut in the zone; all of its time counts."""
    cut = tuple(day_of(date, zone) for date in period.dates)
    return Counting(period, now.astimezone(zone).date(), cut, zone.key, Counted.ELAPSED, False, elapsed)


def by_client(of: Counting) -> ByClient:
    """Return the period's hours (two queries)."""
    found, words = _pieces(of), Words(queries.reasons(archived=True))
    theirs = [one for one in found if one.is_theirs]
    nobodys = [one for one in found if one.is_nobodys]
    unpaid = [one for one in found if one.brand_id is None and not one.paid and not one.is_test]
    paid = sum(one.share for one in found if one.paid and not one.is_test)
    with labour_scope():
        last = (
            TimedQuarter.objects.order_by("-interval_start").values_list("interval_start", flat=True).first()
        )
    return ByClient(
        of=of, clients=tuple(_clients(theirs, words.cards.values())),
        whole=Line(_("All clients"), "", _cells(theirs)),
        nobodys=tuple(_parts(nobodys, words, paid)),
        nobody=Part(_("All of it"), urlencode({"client": NOBODY, "paid": "yes"}), *_of(nobodys, paid)),
        unpaid=tuple(_parts(unpaid, words, 0)), tests=_clock(_sum(one for one in found if one.is_test)),
        wall=_clock(_sum(found)), paid=_clock(paid), until=last + QUARTER if last else None,
    )  # fmt: skip


def agents_behind(of: Counting, given: dict[str, str]) -> QuerySet[AgentTime, Any]:
    """Return {"agent_id", "share"} of each agent with time of that kind, the most first (lazy, to be paged).

    `given`: client (its handle, or NOBODY), pool, kind, reason, paid; what is missing narrows nothing.
    """
    rows = _within(of.cut[0].start, of.cut[-1].end)
    if client := given.get("client"):
        card = _client(client)
        rows = rows.filter(brand_id=None if client == NOBODY else card.id if card else 0)
        rows = rows.filter(is_test=False)
    if pool := given.get("pool"):
        rows = rows.filter(pool_kind="" if pool == NO_POOL else pool)
    if kind := given.get("kind"):
        rows = rows.filter(kind=kind, reason=given.get("reason", ""))
    if paid := given.get("paid"):
        rows = rows.filter(paid=paid == "yes")
    return rows.values("agent_id").annotate(share=Sum("share_us")).order_by("-share", "agent_id")


def agent_lines(page: Iterable[dict[str, Any]]) -> list[AgentLine]:
    """Return a page of them by name."""
    shares = {row["agent_id"]: int(row["share"]) for row in page}
    with labour_scope():
        known = {row.pk: queries.clock_view(row) for row in queries.clocks().filter(pk__in=shares)}
    return [AgentLine(known[pk], hours(share)) for pk, share in shares.items() if pk in known]


def sheet_pages(of: Counting) -> Iterator[list[tuple[object, ...]]]:
    """Yield the rows of HEAD a day at a time; seconds to the microsecond."""
    cards = past_and_present()
    for day in of.cut:
        found = _pieces(of, day.start, day.end)
        yield [
            (
                day.date.isoformat(), of.zone, handle_of(cards.get(one.brand_id or 0)), one.pool_kind,
                one.kind, one.reason, _yes(one.billable), _yes(one.paid), _yes(one.is_test),
                exact(one.share), exact(one.session),
            )
            for one in found
        ]  # fmt: skip


def label_of(given: dict[str, str]) -> str:
    """Say what the address is about."""
    client, pool = given.get("client", ""), given.get("pool", "")
    card = _client(client)
    words = Words(queries.reasons(archived=True))
    kind, reason = given.get("kind", ""), given.get("reason", "")
    found = [
        _("No client") if client == NOBODY else card.name if card else "",
        pool_label("" if pool == NO_POOL else pool) if pool else "",
        words.of(TimeKind.UNKNOWN, reason)
        if reason
        else str(TimeKind(kind).label)
        if kind in TimeKind.values
        else "",
    ]
    return " · ".join(filter(None, found))


def _client(handle: str) -> BrandCard | None:
    return next((card for card in past_and_present().values() if handle_of(card) == handle), None)


def _pieces(of: Counting, start: datetime | None = None, end: datetime | None = None) -> list[Piece]:
    rows = _within(start or of.cut[0].start, end or of.cut[-1].end).order_by(*KINDS).values_list(*KINDS)
    with labour_scope():
        found = list(rows.annotate(share=Sum("share_us"), session=Sum("session_us")))
    return [Piece(*row[:-2], *map(int, row[-2:])) for row in found]


def _within(start: datetime, end: datetime) -> QuerySet[AgentTime]:
    return AgentTime.objects.filter(interval_start__gte=start, interval_start__lt=end).order_by()


def _clients(theirs: Sequence[Piece], cards: Iterable[BrandCard]) -> Iterator[Line]:
    """Yield a line for each client and kind of pool, in the order of the clients."""
    for card in cards:
        mine = [one for one in theirs if one.brand_id == card.id]
        for pool in sorted({one.pool_kind for one in mine}, key=pool_label):
            query = urlencode({"client": handle_of(card), "pool": pool or NO_POOL})
            part = [one for one in mine if one.pool_kind == pool]
            yield Line(pool_label(pool), query, _cells(part), card)


def _parts(found: Sequence[Piece], words: Words, paid: int) -> Iterator[Part]:
    """Yield a line for each kind of time and reason, the most first."""
    groups: dict[tuple[str, str, str], list[Piece]] = {}
    for one in found:
        groups.setdefault((one.kind, one.reason, one.pool_kind), []).append(one)
    for (kind, reason, pool), part in sorted(groups.items(), key=lambda pair: -_sum(pair[1])):
        name = words.of(kind, reason) if reason else str(TimeKind(kind).label)
        label = f"{name} · {pool_label(pool)}" if pool else name
        named = {"client": NOBODY, "kind": kind, "reason": reason, "pool": pool or NO_POOL}
        said = named | {"paid": _yes(part[0].paid)}
        yield Part(label, urlencode(said), *_of(part, paid))


def _of(found: Sequence[Piece], paid: int) -> tuple[str, str]:
    whole = _sum(found)
    return hours(whole), percent(Fraction(100 * whole, paid), 1) if paid else ""


def _cells(found: Sequence[Piece]) -> tuple[str, ...]:
    return tuple(hours(_sum(one for one in found if takes(one))) for takes in COLUMNS)


def _sum(found: Iterable[Piece]) -> int:
    return sum(one.share for one in found)


def _clock(micros: int) -> str:
    """Return hours and minutes, 0:00 for none: what stands in a sentence."""
    return hours(micros) if micros else "0:00"


def _yes(value: bool) -> str:
    return "yes" if value else "no"
