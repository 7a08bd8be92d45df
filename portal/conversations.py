"""The conversations of a period, each with its way to the transcript for who may read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from interactions.choices import DispositionKind, State
from interactions.models import Interaction
from interactions.queries import dispositions, opened_within
from portal.access import Visit, portal_page
from portal.asked import asked
from portal.clocks import ClockResult, results_of
from portal.narrow import narrow_of, queues
from reporting.amounts import waited
from reporting.counting import Counting, counting
from reporting.queries import contacts_of
from workforce.queries import shown_names

PAGE_ROWS = 50


@dataclass(frozen=True)
class ConversationRow:
    """A conversation as the client reads it: `number` is the end of its ref, the agent by alias."""

    ref: UUID
    number: str
    opened_at: datetime
    queue: str
    agent: str
    outcome: str
    state: str
    waited_seconds: int | None
    clocks: tuple[ClockResult, ...] = ()


@portal_page(Permission.CONTACTS)
@require_safe
def conversations(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """The latest first; of one queue, with one outcome, when asked for."""
    ended = request.GET.get("outcome", "").replace("\0", "")
    names = shown_names(visit.brand.id)
    with visit.scope():
        of = counting(**asked(request, visit))
        queue, offered = narrow_of(request.GET, of).queue, queues()
        outcomes = dispositions(DispositionKind.OUTCOME)
        found = opened_within(
            of.cut[0].start, of.cut[-1].end, queue_id=queue.id if queue else None, ended=ended
        )
        page = Paginator(found, PAGE_ROWS).get_page(request.GET.get("page"))
        rows = _rows(of, list(page.object_list), names)
    chosen = {"queue": queue.key if queue else "", "outcome": ended}
    context: dict[str, Any] = {
        "of": of, "page": page, "rows": rows, "queues": offered, "outcomes": outcomes, "chosen": chosen,
        "left": State.ABANDONED, "open": visit.can(Permission.CONVERSATIONS),
        "has_clocks": any(row.clocks for row in rows),
        "query": "&".join(filter(None, [of.query, urlencode({k: v for k, v in chosen.items() if v})])),
    }  # fmt: skip
    return render(request, "portal/conversations.html", context)


def _rows(of: Counting, found: Sequence[Interaction], names: dict[int, str]) -> list[ConversationRow]:
    """Join what the tables and the log say; in a scope. A conversation waited as its first contact did."""
    contacts = contacts_of([row.ref for row in found])
    waits = {one.interaction_ref: waited(one, of.clock) for one in reversed(contacts)}
    clocks = {row.ref: results_of(one for one in contacts if one.interaction_ref == row.ref) for row in found}
    return [_row(row, waits.get(row.ref), names, clocks[row.ref]) for row in found]


def _row(
    row: Interaction, wait: int | None, names: dict[int, str], clocks: tuple[ClockResult, ...]
) -> ConversationRow:
    return ConversationRow(
        ref=row.ref,
        number=str(row.ref)[-8:],
        opened_at=row.opened_at,
        queue=row.queue.name,
        agent=names.get(row.agent_id or 0, ""),
        outcome=row.outcome.label if row.outcome else "",
        state=row.state,
        waited_seconds=None if wait is None else wait // 1_000_000,
        clocks=clocks,
    )
