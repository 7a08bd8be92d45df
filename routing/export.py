"""The house's time ledger as lines of JSON, for whoever shares the hours out again by a program of theirs.

What `routing.labour` reads, and nothing of what it makes of it. Ids, codes and instants; no names, no words.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from routing.models import Pool, PoolMember
from tenants.choices import BrandState
from tenants.models import Brand
from tenants.scope import labour_scope
from workforce.models import (
    Agent,
    AvailabilityReason,
    Engagement,
    FocusInterval,
    LedgerTerm,
    ReasonTerm,
    StateInterval,
)

CLIENT, RULE, REASON, TERM, POOL = "client", "ledger.rule", "reason", "reason.term", "pool"
MEMBER, STATE, WORK, FOCUS = "pool.member", "state", "engagement", "focus"
SPAN = ("started_at", "ended_at")


def ledger_lines(start: datetime, end: datetime) -> Iterator[list[str]]:
    """Give what of the ledger touches `[start, end)`, in pages; none holds anything open.

    A line is an object with `line`, what it is, and its fields: first whose and what was agreed (`client`,
    `ledger.rule`, `reason`, `reason.term`, `pool`), all of it up to `end`; then of each agent where they
    belonged (`pool.member`), what they were (`state`) and what they did (`engagement`, `focus`). Instants are
    RFC 3339 in UTC; what is not over ends in null. `corrected_at` of a state: it was laid over others then.
    """
    with labour_scope():
        agents = list(Agent.objects.order_by("pk").values_list("pk", flat=True))
        agreed = list(_agreed(end))
    yield agreed
    for agent in agents:
        with labour_scope():
            page = list(_of_agent(agent, start, end))
        if page:
            yield page


def _agreed(end: datetime) -> Iterator[str]:
    before = Q(valid_from__lt=end)
    clients = Brand.objects.exclude(state=BrandState.GONE).order_by("pk")
    yield from _lines(CLIENT, clients, "id", "slug")
    yield from _lines(RULE, LedgerTerm.objects.filter(before).order_by("pk"), "rule", "valid_from")
    yield from _lines(REASON, AvailabilityReason.objects.order_by("pk"), "code", "kind", "paid")
    terms = ReasonTerm.objects.filter(before).order_by("pk").annotate(code=F("reason__code"))
    yield from _lines(TERM, terms, "code", "brand_id", "billable", "valid_from")
    yield from _lines(POOL, Pool.objects.order_by("pk"), "id", "kind", "brand_id")


def _of_agent(agent: int, start: datetime, end: datetime) -> Iterator[str]:
    within = Q(valid_until__isnull=True) | Q(valid_until__gt=start)
    members = PoolMember.objects.filter(within, agent_id=agent, valid_from__lt=end).order_by("pk")
    yield from _lines(MEMBER, members, "agent_id", "pool_id", "valid_from", "valid_until")
    states = StateInterval.objects.overlapping(start, end).filter(agent_id=agent).order_by("pk")
    said = states.annotate(code=F("reason__code"), corrected_at=F("corrects__at"))
    yield from _lines(
        STATE, said, "id", "agent_id", "availability", "code", "brand_id", "pool_id", "corrected_at", *SPAN
    )
    works = Engagement.objects.overlapping(start, end).filter(agent_id=agent).order_by("pk")
    yield from _lines(
        WORK, works, "agent_id", "brand_id", "queue_id", "work_item_id", "pool_id", "is_test", "kind", *SPAN
    )
    fronts = FocusInterval.objects.overlapping(start, end).filter(agent_id=agent).order_by("pk")
    yield from _lines(FOCUS, fronts, "agent_id", "work_item_id", *SPAN)


def _lines(what: str, rows: "QuerySet[Any]", *names: str) -> Iterable[str]:
    for row in rows.values_list(*names):
        yield json.dumps({"line": what, **dict(zip(names, map(_plain, row), strict=True))})


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
