"""Why each agent was asked, for a client's screens: decisions as they were kept, names of agents included."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, Subquery

from accounts.models import User
from routing.choices import ItemState, Why
from routing.explain import Verdict, explain
from routing.loading import load_gates, load_house, load_items, load_seats
from routing.models import Decision, Pool, QueuePlan, WorkItem
from routing.reading import PAGE
from routing.writes import run_here
from tenants.scope import labour_scope


@dataclass(frozen=True)
class Candidate:
    name: str
    used: int
    idle_since: datetime
    score: float | None


@dataclass(frozen=True)
class DecisionRow:
    """One choice of the router's, in words and numbers; `others` would have been next, in this order."""

    at: datetime
    agent: str
    why: str
    pool: str
    is_ended: bool
    candidates: int
    used: int
    score: float | None
    is_fair: bool
    need: str
    stage: int
    arm: str
    is_overflow: bool
    others: tuple[Candidate, ...]
    cost: float | None = None
    by: str = ""


@dataclass(frozen=True)
class DecisionLine:
    at: datetime
    ref: UUID
    agent: str
    queue: str
    why: str


def decision_lines(brand_id: int, number: int | str = 1) -> Page[DecisionLine]:
    """Return a page of the brand's newest decisions."""
    with labour_scope():
        label = QueuePlan.objects.filter(queue_id=OuterRef("work_item__queue_id")).values("label")[:1]
        rows = Decision.objects.filter(brand_id=brand_id).annotate(queue=Subquery(label))
        page: Any = Paginator(rows.select_related("work_item").order_by("-at", "-pk"), PAGE).get_page(number)
        names = _names({row.agent_id for row in page.object_list})
        page.object_list = [
            DecisionLine(
                row.at,
                row.work_item.interaction_ref,
                names.get(row.agent_id, "-"),
                row.queue or "-",
                _why(row.why),
            )
            for row in page.object_list
        ]
    return page  # type: ignore[no-any-return]


def decisions_about(brand_id: int, interaction_ref: UUID) -> list[DecisionRow]:
    """Return every choice that was made for the interaction, oldest first."""
    with labour_scope():
        rows = list(
            Decision.objects.filter(brand_id=brand_id, work_item__interaction_ref=interaction_ref).order_by(
                "at", "pk"
            )
        )
        ids = {row.agent_id for row in rows} | {
            other[0] for row in rows for other in row.detail.get("others", ())
        }
        names = _names(ids)
        pools = Pool.objects.in_bulk({row.pool_id for row in rows if row.pool_id})
    return [_decision(row, names, pools) for row in rows]


def standing(brand_id: int, interaction_ref: UUID, now: datetime) -> list[tuple[str, Verdict]] | None:
    """Say agent by agent what keeps the waiting interaction from them; None when it does not wait."""
    with labour_scope():
        waiting = WorkItem.objects.waiting().of(brand_id, interaction_ref).filter(state=ItemState.QUEUED)
        item_id = waiting.values_list("pk", flat=True).first()
        entries = load_items(run_here, [item_id]) if item_id else []
        if not entries:
            return None
        house, rules = load_house()
        gates = load_gates(
            run_here, [rule for rule in rules if rule.queue_id == entries[0].item.queue_id], now
        )
        verdicts = explain(entries[0].item, load_seats(now), now=now, house=replace(house, gates=gates))
        names = _names({verdict.agent_id for verdict in verdicts})
    return [(names.get(verdict.agent_id, "-"), verdict) for verdict in verdicts]


def _decision(row: Decision, names: Mapping[int, str], pools: Mapping[int, Pool]) -> DecisionRow:
    detail, pool = row.detail, pools.get(row.pool_id or 0)
    scores: list[float] = list(detail.get("scores", ()))
    others = tuple(
        Candidate(
            names.get(agent_id, "-"),
            used,
            datetime.fromisoformat(idle),
            scores[place + 1] if len(scores) > place + 1 else None,
        )
        for place, (agent_id, used, idle) in enumerate(detail.get("others", ()))
    )
    return DecisionRow(
        row.at,
        names.get(row.agent_id, "-"),
        _why(row.why),
        pool.called if pool else "",
        bool(pool and pool.retired_at),
        row.candidates,
        detail.get("used", 0),
        scores[0] if scores else None,
        bool(detail.get("fair")),
        detail.get("need", ""),
        detail.get("stage", 0),
        detail.get("arm", ""),
        bool(detail.get("overflow")),
        others,
        detail.get("cost"),
        _why(detail.get("by", "")),
    )


def _why(word: str) -> str:
    return str(Why(word).label) if word in Why.values else word


def _names(user_ids: set[int]) -> dict[int, str]:
    return dict(User.objects.filter(pk__in=user_ids).values_list("pk", "name"))
