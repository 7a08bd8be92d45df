"""Reading the tables into what the matcher looks at."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from routing.choices import ItemState, OfferState, Strategy
from routing.contracts import costly_pools, load_prices
from routing.hours import Hours
from routing.lines import House, Manner, Route, Seat, Waiting, brand_mark
from routing.models import (
    AgentCapacity,
    AgentLimit,
    ChannelBar,
    Decision,
    Overflow,
    PoolMember,
    PoolQueue,
    QueuePlan,
    RestRule,
)
from routing.overflow import HELPER_RANK, RECENT_SECONDS, Load, Rule, open_gates
from routing.querysets import ABSENT_SECONDS, PoolMemberQuerySet
from routing.rest import WINDOW as WORKED_WINDOW
from routing.rest import Resting, below_at
from routing.rest import Rule as RestRuleOf
from routing.rest import Rules as Rests
from routing.scoring import score_named
from routing.shares import WINDOW, Key, Shares
from routing.writes import Run, ensure_capacity
from tenants.scope import labour_scope
from workforce.needs import need_of
from workforce.queries import occupancies, ready_agents, worked_spans
from workforce.values import ReadyAgent

_Marked = dict[int, dict[str, int]]  # by agent and mark
_Found = tuple[int, Route]  # the brand of a queue, and the way to it

COLUMNS = f"""
SELECT i.id, i.version, i.brand_id, i.queue_id, i.order_key, i.enqueued_at, i.units, i.requirement::text,
  i.last_agent_id, p.prefer_seconds, i.excluded::text, i.interaction_ref, i.state, i.waits, i.absent_since,
  o.expires_at, coalesce(i.requeued_at, i.enqueued_at), i.channel
FROM routing_workitem i
LEFT JOIN routing_queueplan p ON p.queue_id = i.queue_id
LEFT JOIN routing_offer o ON o.work_item_id = i.id AND o.state = '{OfferState.PENDING}'
"""  # noqa: S608
ONE_BY_ONE = COLUMNS + "WHERE i.id = ANY(%(ids)s::bigint[])"
ALL_WAITING = COLUMNS + f"WHERE i.state IN ('{ItemState.QUEUED}', '{ItemState.OFFERED}')"

FULLNESS = """
SELECT agent_id, used, cap, freed_at, held::text FROM routing_agentcapacity
WHERE agent_id = ANY(%(ids)s::bigint[])
"""
HOURS = ("openings", "closed_since", "closures")
LOADS = f"""
SELECT i.queue_id,
  count(*) FILTER (WHERE waits.now),
  coalesce(max(extract(epoch FROM %(now)s::timestamptz - i.enqueued_at)) FILTER (WHERE waits.now), 0),
  count(*) FILTER (WHERE i.answered_at IS NOT NULL),
  count(*) FILTER (WHERE i.answered_at IS NOT NULL OR i.due_at <= %(now)s::timestamptz),
  count(*) FILTER (WHERE i.answered_at <= i.due_at)
FROM routing_workitem i
CROSS JOIN LATERAL (SELECT i.state IN ('{ItemState.QUEUED}', '{ItemState.OFFERED}') AS now) waits
WHERE i.queue_id = ANY(%(queues)s::bigint[]) AND NOT i.is_test AND NOT i.beside
  AND (waits.now OR i.answered_at > %(now)s::timestamptz - interval '{RECENT_SECONDS} s')
GROUP BY i.queue_id
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Ways:
    """What of the plans a seat depends on: when agents rest, whether an overflow stands, whether the worked
    part of the last hour is asked for, by a strategy or a rest.
    """

    rests: Rests
    helps: bool
    by_occupancy: bool

    @property
    def counts_work(self) -> bool:
        """Whether what an agent worked lately bears on what they are offered."""
        return self.by_occupancy or self.rests.is_on


@dataclass(frozen=True, slots=True)
class Entry:
    """A work item as the leader knows it. `absent_at`: from when on its customer counts as gone."""

    item: Waiting
    state: str = ItemState.QUEUED
    absent_at: datetime | None = None
    rings_until: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether it is in the line, offered or not."""
        return self.state in {ItemState.QUEUED, ItemState.OFFERED}

    def is_open(self, now: datetime) -> bool:
        """Whether it may be offered now."""
        return self.state == ItemState.QUEUED and (self.absent_at is None or now < self.absent_at)


def load_items(run: Run, ids: Iterable[int]) -> list[Entry]:
    """Read these items, whatever their state; those that are gone are missing."""
    return [_entry(row) for row in run(ONE_BY_ONE, {"ids": list(ids)})]


def load_waiting(run: Run) -> list[Entry]:
    """Read every item that is queued or offered."""
    return [_entry(row) for row in run(ALL_WAITING, {})]


def load_seats(
    now: datetime,
    *,
    among: Collection[int] | None = None,
    pool_id: int | None = None,
    ways: Ways | None = None,
) -> dict[int, Seat]:
    """Read who may be asked now, of all or `among` these; `ways`, where they are known."""
    with labour_scope():
        ready = ready_agents(now, among=among)
        ways = ways or load_ways()
        ids = [agent.agent_id for agent in ready]
        loads = _loads(ids)
        routes = _routes(ids, now, pool_id, helps=ways.helps)
        limits, weights = _limits(ids)
        worked = occupancies(ids, start=now - WORKED_WINDOW, end=now) if ways.by_occupancy else {}
        resting = _resting(loads, ways.rests, worked, now)
    seats = (
        _seat(
            agent,
            loads[agent.agent_id],
            _rested(routes.get(agent.agent_id, {}), resting.get(agent.agent_id), ways.rests),
            limits.get(agent.agent_id, {}),
            weights.get(agent.agent_id, {}),
            worked.get(agent.agent_id, 0.0),
        )
        for agent in ready
    )
    return {seat.agent_id: seat for seat in seats if seat.queues}


def load_fullness(run: Run, seats: Mapping[int, Seat]) -> dict[int, Seat]:
    """Return these seats as full as they are now; nothing else of them is read again."""
    rows = run(FULLNESS, {"ids": list(seats)}) if seats else []
    return {
        agent_id: replace(
            seats[agent_id], used=used, cap=cap, held=_held(_json(held)),
            idle_since=max(seats[agent_id].idle_since, freed_at or seats[agent_id].idle_since),
        )
        for agent_id, used, cap, freed_at, held in rows
    }  # fmt: skip


def load_ways() -> Ways:
    """Read what seats depend on beside their agents."""
    with labour_scope():
        rests = load_rests()
        chosen = QueuePlan.objects.filter(strategy=Strategy.LEAST_OCCUPIED)
        return Ways(rests, Overflow.objects.standing().exists(), bool(rests.percents) or chosen.exists())


def load_rests() -> Rests:
    """Read when agents rest."""
    with labour_scope():
        rows = RestRule.objects.values_list("pool_id", "occupancy", "hard_in_row", "rest_minutes")
        found = {pool_id or 0: RestRuleOf(*numbers) for pool_id, *numbers in rows}
    return Rests(found.pop(0, RestRuleOf()), found)


def load_house() -> tuple[House, list[Rule]]:
    """Read manners and hours of queues, what is not interrupted; and the overflows, all of them closed."""
    with labour_scope():
        plans = list(QueuePlan.objects.values_list("queue_id", "strategy", "scorer", "holdout", *HOURS))
        manners = {
            queue_id: Manner(strategy, score_named(scorer), holdout)
            for queue_id, strategy, scorer, holdout, *_hours in plans
        }
        hours = {queue_id: Hours(*told) for queue_id, _s, _c, _h, *told in plans if told[0] is not None}
        bars = frozenset(ChannelBar.objects.values_list("doing", "asked"))
    return House(manners=manners, bars=bars, hours=hours, costly=costly_pools()), load_overflows()


def load_overflows(**of: int) -> list[Rule]:
    """Read the overflows that stand: all, or those of the queue `plan_id`."""
    with labour_scope():
        rows = Overflow.objects.standing().filter(**of)
        return [Rule(*row) for row in rows.values_list("pk", "plan_id", "when", "threshold")]


def open_house(run: Run, now: datetime) -> tuple[House, list[Rule]]:
    """Read the same with the overflows that are open now, and the prices of the pools that go by contract."""
    house, rules = load_house()
    prices = load_prices(run, house.costly, now) if house.costly else {}
    return replace(house, gates=load_gates(run, rules, now), prices=prices), rules


def load_gates(run: Run, rules: list[Rule], now: datetime) -> frozenset[int]:
    """Read how the queues that have overflows are doing, and return which of these are open."""
    if not rules:
        return frozenset()
    loads = load_loads(run, sorted({rule.queue_id for rule in rules}), now)
    return open_gates(rules, loads)


def load_loads(run: Run, queue_ids: list[int], now: datetime) -> dict[int, Load]:
    """Read how these queues are doing."""
    with labour_scope():
        plans = QueuePlan.objects.filter(queue_id__in=queue_ids).values_list("queue_id", *HOURS)
        hours = {queue_id: Hours(*row) for queue_id, *row in plans}
    loads = {queue: _load(plan, now) for queue, plan in hours.items()}
    for queue, *numbers in run(LOADS, {"queues": queue_ids, "now": now}):
        if queue in hours:
            loads[queue] = _load(hours[queue], now, *numbers)
    return loads


def _load(hours: Hours, now: datetime, *numbers: Any) -> Load:
    told = {"is_closed": hours.is_closed(now), "alone": not hours.may_be_helped(now)}
    if not numbers:
        return Load(**told)
    waiting, oldest, answered, decided, in_target = numbers
    return Load(waiting, float(oldest), answered, decided, in_target, **told)


def load_shares(now: datetime) -> Shares:
    """Read the agreed minimum shares, and the balance of the last 15 minutes from the decisions."""
    shares = Shares()
    with labour_scope():
        agreed = PoolQueue.objects.filter(min_share__isnull=False)
        for pool_id, brand_id, share in agreed.values_list("pool_id", "plan__brand_id", "min_share"):
            key: Key = (pool_id, brand_id)
            shares.minimum[key] = max(share or 0, shares.minimum.get(key, 0))
        recent = Decision.objects.filter(at__gt=now - WINDOW, at__lte=now).order_by("at", "pk")
        for at, pool, brand, waiting in recent.values_list("at", "pool_id", "brand_id", "waiting"):
            shares.note(at, pool_id=pool, served=brand, waiting=waiting)
    return shares


def _entry(row: tuple[Any, ...]) -> Entry:
    requirement, refused = _json(row[7]), _json(row[10])
    last_agent_id, prefer_seconds, prefer_from = row[8], row[9], row[16]
    item = Waiting(
        id=row[0],
        version=row[1],
        brand_id=row[2],
        queue_id=row[3],
        order_key=row[4],
        enqueued_at=row[5],
        units=row[6],
        channel=row[17],
        need=need_of(requirement.get("need", "")),
        last_agent_id=last_agent_id,
        prefer_until=prefer_from + timedelta(seconds=prefer_seconds or 0) if last_agent_id else None,
        refused={int(agent): datetime.fromisoformat(at) for agent, at in refused.items()},
        interaction_ref=UUID(str(row[11])),
    )
    waits, absent_since = row[13], row[14]
    absent_at = absent_since + timedelta(seconds=ABSENT_SECONDS) if absent_since and not waits else None
    return Entry(item, state=row[12], absent_at=absent_at, rings_until=row[15])


def _json(text: str) -> dict[str, Any]:
    return {} if text == "{}" else json.loads(text)


def _loads(agent_ids: list[int]) -> dict[int, AgentCapacity]:
    rows = AgentCapacity.objects.in_bulk(agent_ids)
    if missing := [agent_id for agent_id in agent_ids if agent_id not in rows]:
        ensure_capacity(missing)
        rows |= AgentCapacity.objects.in_bulk(missing)
    return rows


def _routes(
    agent_ids: list[int], now: datetime, pool_id: int | None, *, helps: bool
) -> dict[int, dict[int, _Found]]:
    members = PoolMember.objects.valid(now).filter(agent_id__in=agent_ids)
    if pool_id is not None:
        members = members.filter(pool_id=pool_id)
    columns = ("agent_id", "pool__queues__plan_id", "pool__queues__plan__brand_id", "pool_id")
    numbers = ("pool__queues__rank", "pool__queues__delay_seconds")
    found: dict[int, dict[int, _Found]] = defaultdict(dict)
    rows = members.filter(pool__queues__isnull=False).values_list(*columns, *numbers)
    for agent_id, queue_id, brand_id, pool, rank, delay in rows:
        route = Route(pool, rank, delay)
        known = found[agent_id].get(queue_id)
        if known is None or (delay, rank) < (known[1].delay_seconds, known[1].rank):
            found[agent_id][queue_id] = (brand_id, route)
    if helps:
        _add_helpers(members, found)
    return found


def _add_helpers(members: PoolMemberQuerySet[PoolMember], found: dict[int, dict[int, _Found]]) -> None:
    """Add the queues that members help out when an overflow is open, unless they serve them anyway."""
    for way in ("pool__overflows", "pool__queues__plan__helps"):
        columns = ("agent_id", f"{way}__plan_id", f"{way}__plan__brand_id", "pool_id", f"{way}__id")
        standing = {f"{way}__isnull": False, f"{way}__removed_at__isnull": True}
        rows = members.filter(**standing).values_list(*columns).order_by(f"{way}__id", "pk")
        for agent_id, queue_id, brand_id, pool, gate in rows:
            known = found[agent_id].get(queue_id)
            if known is None or known[1].gates:
                gates = (known[1].gates if known else frozenset()) | {gate}
                own = known[1].pool_id if known else pool
                found[agent_id][queue_id] = (brand_id, Route(own, HELPER_RANK, 0, gates))


def _limits(agent_ids: list[int]) -> tuple[_Marked, _Marked]:
    """By agent and mark: how many at once, and the weights."""
    limits: _Marked = defaultdict(dict)
    weights: _Marked = defaultdict(dict)
    rows = AgentLimit.objects.filter(agent_id__in=agent_ids)
    columns = ("agent_id", "channel", "brand_id", "at_once", "weight")
    for agent_id, channel, brand_id, at_once, weight in rows.values_list(*columns):
        mark = brand_mark(brand_id) if brand_id else channel
        if at_once is not None:
            limits[agent_id][mark] = at_once
        if weight is not None:
            weights[agent_id][mark] = weight
    return limits, weights


def _resting(
    loads: Mapping[int, AgentCapacity], rests: Rests, worked: Mapping[int, float], now: datetime
) -> dict[int, Resting]:
    """Who rests, and until when; the hour's spans are read for those alone who are over some percent."""
    if not rests.is_on:
        return {}
    lowest = min(rests.percents, default=101)
    full = [agent_id for agent_id, part in worked.items() if part * 100 > lowest]
    spans = worked_spans(full, start=now - WORKED_WINDOW, end=now) if full else {}
    found: dict[int, Resting] = {}
    for agent_id, load in loads.items():
        ends = {
            percent: below_at(spans.get(agent_id, ()), percent=percent, now=now) for percent in rests.percents
        }
        over = {percent: end for percent, end in ends.items() if end}
        hard = load.rests_until if load.rests_until and now < load.rests_until else None
        if hard or over:
            found[agent_id] = Resting(hard, over)
    return found


def _rested(routes: Mapping[int, _Found], resting: Resting | None, rests: Rests) -> Mapping[int, _Found]:
    """The ways with the instants before which the agent rests from them."""
    if resting is None:
        return routes
    return {
        queue: (brand, replace(route, rests_until=resting.until(rests.of(route.pool_id))))
        for queue, (brand, route) in routes.items()
    }


def _seat(
    agent: ReadyAgent,
    load: AgentCapacity,
    routes: Mapping[int, _Found],
    limits: Mapping[str, int],
    weights: Mapping[str, int],
    occupancy: float,
) -> Seat:
    return Seat(
        agent_id=agent.agent_id,
        used=load.used,
        cap=load.cap,
        idle_since=max(agent.since, load.freed_at or agent.since),
        queues={queue: route for queue, (brand, route) in routes.items() if brand in agent.brand_ids},
        skills=agent.skills,
        held=_held(load.held),
        limits=limits,
        weights=weights,
        occupancy=occupancy,
    )


def _held(counts: Mapping[str, int]) -> dict[str, int]:
    return {mark: count for mark, count in counts.items() if count > 0}
