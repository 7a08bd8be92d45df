"""Questions about requests, inside a tenant_scope. Values out, but for a page's query."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from core.errors import NotFound
from core.hours import NeverOpen, add_business_seconds
from interactions.asking.choices import RequestKind, RequestState
from interactions.asking.files import Upload
from interactions.asking.models import DUE_HOURS, ClientRequest, RequestFile, RequestTerms, RequestTurn
from interactions.asking.values import FileView, RequestView, TurnView, WaitSpan
from interactions.hours import hours_of_queues

HOUR = 3600


def waiting_for_client(interaction_ref: UUID) -> tuple[WaitSpan, ...]:
    """Return when the conversation waited for its client, with who asked and who ended it; by beginning.

    Spans of several requests may overlap.
    """
    rows = RequestTurn.objects.filter(request__interaction__ref=interaction_ref)
    columns = ("request__ref", "n", "asked_at", "asked_by", "ended_at", "ended_by", "end")
    return tuple(WaitSpan(*row) for row in rows.order_by("asked_at", "pk").values_list(*columns))


def due_hours() -> int:
    """Return within how many open hours the client's answer is due by default."""
    found = RequestTerms.objects.values_list("due_hours", flat=True).first()
    return DUE_HOURS if found is None else int(found)


def due_at(queue_id: int, hours: int, *, now: datetime) -> datetime:
    """Return the instant by which the queue has been open for so many hours; never open: by the clock."""
    calendar = hours_of_queues(since=now)[queue_id]
    try:
        return add_business_seconds(calendar, now, hours * HOUR)
    except NeverOpen:
        return now + timedelta(hours=hours)


def requests_asked(*, state: str = "", kind: str = "") -> Any:
    """Return the rows in this state and of this kind ("": any), for a paginator inside the scope.

    What waits comes first, by when it is due; of what is settled the latest first.
    """
    rows = _with_turns(ClientRequest.objects.all())
    if kind in RequestKind.values:
        rows = rows.filter(kind=kind)
    if state not in RequestState.values:
        return rows.order_by("-opened_at", "-pk")
    found = rows.filter(state=state)
    return found.order_by("due_at", "pk") if state == RequestState.OPEN else found.order_by("-due_at", "-pk")


def count_open() -> int:
    """Return how many wait for an answer, tests left out."""
    return int(ClientRequest.objects.filter(state=RequestState.OPEN, is_test=False).count())


def requests_of(interaction_ref: UUID) -> list[RequestView]:
    """Return what was asked about the conversation, the latest first."""
    rows = _with_turns(ClientRequest.objects.filter(interaction__ref=interaction_ref))
    return request_views(rows.order_by("-pk"))


def get_request(ref: UUID) -> RequestView:
    """Return the request as a value. Raises NotFound."""
    row = _with_turns(ClientRequest.objects.filter(ref=ref)).first()
    if row is None:
        raise NotFound
    return request_views([row])[0]


def get_file(request_ref: UUID, file_ref: UUID) -> Upload:
    """Return a file of the request's answers. Raises NotFound."""
    found = RequestFile.objects.filter(ref=file_ref, turn__request__ref=request_ref)
    row = found.values_list("name", "kind", "content").first()
    if row is None:
        raise NotFound
    name, kind, content = row
    return Upload(name, kind, bytes(content))


def request_views(rows: Iterable[ClientRequest]) -> list[RequestView]:
    """Make values of rows that were read by the functions above."""
    return [_view(row) for row in rows]


def _with_turns(rows: Any) -> Any:
    files = Prefetch("files", RequestFile.objects.defer("content").order_by("pk"))
    turns = Prefetch("asked", RequestTurn.objects.order_by("n").prefetch_related(files))
    return rows.select_related("interaction").prefetch_related(turns)


def _view(row: ClientRequest) -> RequestView:
    return RequestView(
        row.ref, row.interaction.ref, row.kind, row.state, row.is_test, row.opened_at, row.due_at,
        tuple(_turn(turn) for turn in row.asked.all()),
    )  # fmt: skip


def _turn(row: RequestTurn) -> TurnView:
    return TurnView(
        row.n, row.asked_shown, row.asked_at, row.due_at, row.question, row.ended_at, row.end,
        row.ended_shown, row.answer, tuple(FileView(one.ref, one.name, one.size) for one in row.files.all()),
    )  # fmt: skip
