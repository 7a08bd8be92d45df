"""What the operators' screens of routing show: values read in the labour scope, names of agents included."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from core.errors import NotFound
from interactions.choices import Channel
from routing.choices import PoolKind
from routing.contracts import Contract, load_contracts
from routing.hours import Hours
from routing.loading import load_gates, load_loads, load_overflows
from routing.models import (
    AgentCapacity,
    AgentLimit,
    ChannelBar,
    Overflow,
    Pool,
    PoolMember,
    PoolQueue,
    QueuePlan,
    Ramp,
    RestRule,
)
from routing.overflow import OFFERED, TARGETS, Load
from routing.scoring import SCORERS
from routing.writes import run_here
from tenants.cards import card_by_id
from tenants.scope import labour_scope
from workforce.models import Agent

PAGE = 50


@dataclass(frozen=True)
class PoolRow:
    id: int
    name: str
    kind: str
    client: str
    members: int
    queues: int
    is_everybody: bool


@dataclass(frozen=True)
class MemberRow:
    id: int
    agent_id: int
    name: str
    number: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class ServedRow:
    queue_id: int
    label: str
    client: str
    rank: int
    delay_seconds: int
    min_share: int | None


@dataclass(frozen=True)
class QueueRow:
    queue_id: int
    label: str
    client: str
    strategy: str
    score: str
    overflows: int
    pools: int


@dataclass(frozen=True)
class OverflowRow:
    id: int
    when: str
    label: str
    threshold: int
    target: str


@dataclass(frozen=True)
class QueuePage:
    """A queue's manner and how it is doing; `helpers` and `pools` are what it can overflow to."""

    plan: QueuePlan
    client: str
    slug: str
    hue: int
    zone: str
    hours: Hours
    load: Load
    overflows: list[OverflowRow]
    removed: list[OverflowRow]
    open: frozenset[int]
    pools: list[tuple[int, str]]
    helpers: list[tuple[int, str]]
    contract: Contract


@dataclass(frozen=True)
class ProfileRow:
    agent_id: int
    name: str
    number: str
    full_cap: int
    cap: int
    used: int
    ramp: str
    ramp_id: int | None
    ramp_from: date | None
    channels: Mapping[str, int]
    brands: Mapping[int, int]
    channel_weights: Mapping[str, int]
    brand_weights: Mapping[int, int]
    pools: list[str]


def pool_rows(now: datetime) -> list[PoolRow]:
    """Return the pools in use, that of everybody first."""
    here = Q(members__valid_from__lte=now) & (
        Q(members__valid_until__isnull=True) | Q(members__valid_until__gt=now)
    )
    with labour_scope():
        pools = Pool.objects.filter(retired_at__isnull=True).annotate(
            agents=Count("members__agent", filter=here, distinct=True),
            lines=Count("queues", distinct=True),
        )
        rows = sorted(pools, key=lambda pool: (not _is_everybody(pool), pool.name.casefold()))
    return [
        PoolRow(
            pool.pk,
            pool.name,
            pool.get_kind_display(),
            _client(pool.brand_id),
            pool.agents,
            pool.lines,
            _is_everybody(pool),
        )
        for pool in rows
    ]


def get_pool(pool_id: int) -> Pool:
    """Return a pool in use. Raises NotFound."""
    with labour_scope():
        pool = Pool.objects.filter(pk=pool_id, retired_at__isnull=True).first()
    if pool is None:
        raise NotFound
    return pool


def members_of(pool_id: int, now: datetime, number: int | str = 1) -> Page[MemberRow]:
    """Return a page of who is in the pool now or will be."""
    with labour_scope():
        ahead = Q(valid_until__isnull=True) | Q(valid_until__gt=now)
        rows = PoolMember.objects.filter(ahead, pool_id=pool_id).select_related("agent__user")
        page: Any = Paginator(rows.order_by("agent__user__name", "pk"), PAGE).get_page(number)
        page.object_list = [_member(row, row.valid_until) for row in page.object_list]
    return page  # type: ignore[no-any-return]


def taken_out_of(pool_id: int, now: datetime) -> list[MemberRow]:
    """Return who was taken out lately and is not in the pool again, with the end that they had; once each."""
    with labour_scope():
        in_it = PoolMember.objects.valid(now).filter(pool_id=pool_id).values("agent_id")
        rows = PoolMember.objects.taken_out(now).filter(pool_id=pool_id).exclude(agent_id__in=in_it)
        last = {row.agent_id: row for row in reversed(rows.select_related("agent__user")[:PAGE])}
    return [_member(row, row.was_until) for row in last.values()]


def served_by(pool_id: int) -> list[ServedRow]:
    with labour_scope():
        rows = list(PoolQueue.objects.filter(pool_id=pool_id).select_related("plan").order_by("rank", "pk"))
    return [
        ServedRow(
            row.plan_id,
            row.plan.label,
            _client(row.plan.brand_id),
            row.rank,
            row.delay_seconds,
            row.min_share,
        )
        for row in rows
    ]


def queue_choices(brand_id: int | None = None) -> list[tuple[int, str]]:
    """Return every queue, of one client or of all, named with its client, to choose from."""
    with labour_scope():
        plans = QueuePlan.objects.filter(**({"brand_id": brand_id} if brand_id else {}))
        rows = list(plans.values_list("queue_id", "brand_id", "label"))
    named = [(queue_id, f"{_client(brand)}: {label}") for queue_id, brand, label in rows]
    return sorted(named, key=lambda row: row[1].casefold())


def queue_rows(number: int | str = 1) -> Page[QueueRow]:
    with labour_scope():
        plans = QueuePlan.objects.annotate(
            outs=Count("overflows", filter=Q(overflows__removed_at__isnull=True), distinct=True),
            by=Count("pools", distinct=True),
        ).order_by("brand_id", "label", "pk")
        page: Any = Paginator(plans, PAGE).get_page(number)
        page.object_list = [
            QueueRow(
                plan.queue_id,
                plan.label,
                _client(plan.brand_id),
                plan.get_strategy_display(),
                _score(plan.scorer),
                plan.outs,
                plan.by,
            )
            for plan in page.object_list
        ]
    return page  # type: ignore[no-any-return]


def queue_page(queue_id: int, now: datetime) -> QueuePage:
    """Return a queue, how it chooses and who helps it. Raises NotFound."""
    with labour_scope():
        plan = QueuePlan.objects.filter(queue_id=queue_id).first()
        card = card_by_id(plan.brand_id) if plan else None
        if plan is None or card is None:
            raise NotFound
        rows = Overflow.objects.filter(plan=plan).select_related("pool", "helper")
        pools = Pool.objects.filter(
            Q(brand_id__isnull=True) | Q(brand_id=plan.brand_id), retired_at__isnull=True
        )
        helpers = QueuePlan.objects.filter(brand_id=plan.brand_id).exclude(pk=plan.pk)
        return QueuePage(
            plan,
            card.name,
            card.slug,
            card.hue,
            card.timezone,
            Hours(plan.openings, plan.closed_since, plan.closures),
            load_loads(run_here, [queue_id], now).get(queue_id, Load()),
            [_overflow(row) for row in rows.standing().order_by("pk")],
            [_overflow(row) for row in rows.removed(now)],
            load_gates(run_here, load_overflows(plan_id=queue_id), now),
            list(pools.order_by("name").values_list("pk", "name")),
            list(helpers.order_by("label").values_list("queue_id", "label")),
            load_contracts(run_here, [plan], now)[queue_id],
        )


def agent_rows(asked: str, number: int | str = 1) -> Page[ProfileRow]:
    """Return a page of the agents who have not left, by name; `asked` is a part of a name or a number."""
    with labour_scope():
        agents = Agent.objects.filter(left_on__isnull=True).select_related("user")
        if asked:
            agents = agents.filter(Q(user__name__icontains=asked) | Q(employee_no__icontains=asked))
        page: Any = Paginator(agents.order_by("user__name", "pk"), PAGE).get_page(number)
        page.object_list = _profiles(list(page.object_list))
    return page  # type: ignore[no-any-return]


def profile_of(agent_id: int, now: datetime) -> ProfileRow:
    """Return what an agent is asked for. Raises NotFound."""
    with labour_scope():
        agent = Agent.objects.filter(pk=agent_id).select_related("user").first()
        if agent is None:
            raise NotFound
        (row,) = _profiles([agent], now)
    return row


def ramps() -> list[Ramp]:
    with labour_scope():
        return list(Ramp.objects.order_by("name"))


def channel_names() -> list[tuple[str, str]]:
    """Return the channels that some queue has, with their names."""
    with labour_scope():
        used = set(QueuePlan.objects.values_list("channel", flat=True).distinct())
    return [(code, str(label)) for code, label in Channel.choices if code in used]


def bars() -> frozenset[tuple[str, str]]:
    with labour_scope():
        return frozenset(ChannelBar.objects.values_list("doing", "asked"))


def _member(row: PoolMember, until: datetime | None) -> MemberRow:
    return MemberRow(row.pk, row.agent_id, row.agent.user.name, row.agent.employee_no, row.valid_from, until)


def rest_numbers(pool_id: int | None = None) -> dict[str, int | None]:
    """Return the rule of rest of the house (None) or of the pool, as its form has it."""
    with labour_scope():
        rules = RestRule.objects.filter(**({"pool_id": pool_id} if pool_id else {"pool__isnull": True}))
        row = rules.first() or RestRule()
    return {
        "occupancy": row.occupancy,
        "hard_in_row": row.hard_in_row,
        "rest_minutes": row.rest_minutes,
    }


def rest_rows() -> list[RestRule]:
    """Return the rules of pools, each with its pool."""
    with labour_scope():
        rows = RestRule.objects.filter(pool__retired_at__isnull=True, pool__isnull=False)
        return list(rows.select_related("pool").order_by("pool__name"))


def _is_everybody(pool: Pool) -> bool:
    return pool.kind == PoolKind.SHARED and pool.brand_id is None


def _client(brand_id: int | None) -> str:
    card = card_by_id(brand_id) if brand_id else None
    return card.name if card else ""


def _score(name: str) -> str:
    return str(SCORERS[name].title) if name in SCORERS else name


def _overflow(row: Overflow) -> OverflowRow:
    offered = next((name for name in OFFERED if getattr(row, name)), "")
    title = next((str(target.title) for target in TARGETS if target.name == offered), "")
    target = row.pool.name if row.pool else row.helper.label if row.helper else title
    return OverflowRow(row.pk, row.when, row.get_when_display(), row.threshold, target)


def _profiles(agents: list[Agent], now: datetime | None = None) -> list[ProfileRow]:
    ids = [agent.pk for agent in agents]
    loads = AgentCapacity.objects.select_related("ramp").in_bulk(ids)
    limits: dict[int, list[AgentLimit]] = defaultdict(list)
    for row in AgentLimit.objects.filter(agent_id__in=ids):
        limits[row.agent_id].append(row)
    pools = _pools(PoolMember.objects.filter(agent_id__in=ids), now)
    return [
        _profile(agent, loads.get(agent.pk) or AgentCapacity(), limits[agent.pk], pools[agent.pk])
        for agent in agents
    ]


def _pools(members: QuerySet[PoolMember], now: datetime | None) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    if now is not None:
        current = members.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=now), valid_from__lte=now)
        for agent_id, name in current.order_by("pool__name").values_list("agent_id", "pool__name"):
            found[agent_id].append(name)
    return found


def _profile(
    agent: Agent,
    load: AgentCapacity,
    limits: list[AgentLimit],
    pools: list[str],
) -> ProfileRow:
    counted = [row for row in limits if row.at_once is not None]
    weighed = [row for row in limits if row.weight is not None]
    return ProfileRow(
        agent.pk,
        agent.user.name,
        agent.employee_no,
        load.full_cap,
        load.cap,
        load.used,
        load.ramp.name if load.ramp else "",
        load.ramp_id,
        load.ramp_from,
        {row.channel: row.at_once or 0 for row in counted if not row.brand_id},
        {row.brand_id: row.at_once or 0 for row in counted if row.brand_id},
        {row.channel: row.weight or 0 for row in weighed if not row.brand_id},
        {row.brand_id: row.weight or 0 for row in weighed if row.brand_id},
        pools,
    )
