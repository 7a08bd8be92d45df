"""Agents' time is added up behind the clock: quarters that are over, and what was written about them later.

One at a time. Each step is one transaction: rows of its quarters are written anew, and its place with them.
So it may be killed anywhere, and a quarter that is made again is the same. `serial` tells what changed.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min, Q

from routing.labour import QUARTER, Book, Key, Member, Times, quarter_of, times_of
from routing.models import AgentTime, Pool, PoolMember, TimedQuarter
from tenants.locks import alone
from tenants.scope import labour_scope
from workforce import queries as workforce
from workforce.models import Agent, AvailabilityReason, Engagement, LedgerMark, ReasonTerm, StateInterval

LOCK = 7_301
SETTLED = timedelta(minutes=2)
"""Whoever writes about a quarter has committed so long after it is over, or leaves a mark."""
MOST, STEP = 96, 500
"""Quarters of a step, and those of all its agents: few where there are many, so that a step stays short."""
AGENTS = 50


def time_next(now: datetime) -> int:
    """Write the next quarters that are over, or the first marked; returns how many, 0 when up to date."""
    with labour_scope(), transaction.atomic():
        alone(LOCK)
        place = _place() or _beginning()
        if place is None:
            return 0
        LedgerMark.objects.filter(from_at__gte=place).delete()
        if first := LedgerMark.objects.aggregate(at=Min("from_at"))["at"]:
            return _time_marked(quarter_of(first), place)
        end = min(place + _stride(), quarter_of(now - SETTLED))
        return _write(place, end) if place < end else 0


def time_again(start: datetime, end: datetime) -> Iterator[datetime]:
    """Write what was written of `[start, end)` anew, a step at a time; yields each step's end."""
    begun = quarter_of(start)
    while begun < end:
        with labour_scope(), transaction.atomic():
            alone(LOCK)
            place = _place() or begun
            done = min(begun + _stride(), quarter_of(end + QUARTER - timedelta(microseconds=1)))
            if begun < min(done, place):
                _write(begun, min(done, place))
        yield done
        begun = done


def _time_marked(start: datetime, place: datetime) -> int:
    """Write what is marked in the quarters from `start` on; marks that go on past them begin there then."""
    end = min(start + _stride(), place)
    seen = dict(LedgerMark.objects.filter(from_at__lt=end).values_list("pk", "agent_id"))
    marks = LedgerMark.objects.filter(pk__in=seen)
    marks.filter(until_at__lte=end).delete()
    marks.filter(Q(until_at__isnull=True) | Q(until_at__gt=end)).update(from_at=end)
    agents = {agent_id for agent_id in seen.values() if agent_id is not None}
    return _write(start, end, None if None in seen.values() else agents)


def _write(start: datetime, end: datetime, agents: Collection[int] | None = None) -> int:
    """Write the rows of `[start, end)`, whole quarters; of these agents alone, or of all."""
    rows = AgentTime.objects.filter(interval_start__gte=start, interval_start__lt=end)
    (rows if agents is None else rows.filter(agent_id__in=agents)).delete()
    everybody = Agent.objects.order_by("pk")
    chosen = everybody if agents is None else everybody.filter(pk__in=agents)
    book = _book(end)
    ids = list(chosen.values_list("pk", flat=True))
    for n in range(0, len(ids), AGENTS):
        AgentTime.objects.bulk_create(_rows(ids[n : n + AGENTS], book, start, end))
    quarters = [start + n * QUARTER for n in range((end - start) // QUARTER)]
    serial = (TimedQuarter.objects.aggregate(at=Max("serial"))["at"] or 0) + 1
    TimedQuarter.objects.bulk_create(
        [TimedQuarter(interval_start=quarter, serial=serial) for quarter in quarters],
        update_conflicts=True, unique_fields=["interval_start"], update_fields=["serial"],
    )  # fmt: skip
    return len(quarters)


def _rows(agent_ids: Collection[int], book: Book, start: datetime, end: datetime) -> list[AgentTime]:
    members = _members(agent_ids, start, end)
    found = workforce.spells_of(agent_ids, start=start, end=end)
    return [
        _row(agent_id, key, times)
        for agent_id, spells in found.items()
        for key, times in times_of(spells, members[agent_id], book, start=start, end=end).items()
    ]


def _row(agent_id: int, key: Key, times: Times) -> AgentTime:
    quarter, cell = key
    fields = cell._asdict() | {"brand_id": cell.brand_id or None}
    micros = {"share_us": times.share, "session_us": times.session, "busy_us": times.busy}
    return AgentTime(interval_start=quarter, agent_id=agent_id, **fields, **micros)


def _members(agent_ids: Collection[int], start: datetime, end: datetime) -> dict[int, list[Member]]:
    found: dict[int, list[Member]] = {pk: [] for pk in agent_ids}
    rows = PoolMember.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=start), agent_id__in=agent_ids, valid_from__lt=end
    )
    columns = ("agent_id", "valid_from", "valid_until", "pool__kind", "pool__brand_id")
    for agent_id, *member in rows.order_by("pk").values_list(*columns):
        found[agent_id].append(Member(*member))
    return found


def _book(end: datetime) -> Book:
    terms: dict[tuple[str, int], list[tuple[datetime, bool]]] = {}
    rows = ReasonTerm.objects.filter(valid_from__lt=end).order_by("valid_from")
    for code, brand_id, since, billable in rows.values_list(
        "reason__code", "brand_id", "valid_from", "billable"
    ):
        terms.setdefault((code, brand_id), []).append((since, billable))
    reasons = AvailabilityReason.objects.values_list("code", "kind", "paid")
    return Book(
        pools=dict(Pool.objects.values_list("pk", "kind")),
        reasons={code: (kind, paid) for code, kind, paid in reasons},
        terms=terms,
    )


def _stride() -> timedelta:
    return QUARTER * max(1, min(MOST, STEP // max(1, Agent.objects.count())))


def _place() -> datetime | None:
    """Return up to where quarters were written, None before the first."""
    last: datetime | None = TimedQuarter.objects.aggregate(at=Max("interval_start"))["at"]
    return last + QUARTER if last else None


def _beginning() -> datetime | None:
    """Return the first quarter of which anything was written."""
    firsts = [of.objects.aggregate(at=Min("started_at"))["at"] for of in (StateInterval, Engagement)]
    known = [at for at in firsts if at]
    return quarter_of(min(known)) if known else None
