"""Writing the log. `data` holds ids, numbers and codes; never a body or an address."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from core.ids import new_ref
from events.choices import ActorKind
from events.models import Event
from tenants.binding import current_brand
from tenants.cards import is_sandbox
from tenants.guard import as_records

APPEND = """INSERT INTO events_event
  (ref, v, n, occurred_at, kind, interaction_ref, actor_kind, actor_id, is_test, data)"""
"""For a verb that is one statement: followed by the SELECT of an event's columns, as `record` writes them."""
COLUMNS = (
    "ref", "v", "n", "occurred_at", "kind", "interaction_ref", "actor_kind", "actor_id", "is_test", "data",
)  # fmt: skip
RECORD = f"""{APPEND}
SELECT {", ".join(COLUMNS)} FROM json_populate_recordset(NULL::events_event, %s::json)"""  # noqa: S608


def is_recorded(kind: str, interaction_ref: UUID, data: dict[str, Any]) -> bool:
    """Tell whether the interaction has such an event whose `data` holds this; asked under its row lock."""
    mine = Event.objects.filter(interaction_ref=interaction_ref, kind=kind)
    return bool(mine.filter(data__contains=data).exists())


def event(
    kind: str,
    *,
    interaction_ref: UUID | None,
    n: int,
    actor_kind: str,
    actor_id: int | None = None,
    is_test: bool = False,
    data: dict[str, Any] | None = None,
    occurred_at: datetime,
    ref: UUID | None = None,
    v: int = 1,
) -> Event:
    """Make an event that is not written yet.

    `n` is the interaction's next number, given under its row lock; 0 for what no interaction numbers. `v` is
    the version of the kind's `data`. `occurred_at` may lie in the past: the event is late then.
    """
    return Event(
        ref=ref or new_ref(occurred_at),
        v=v,
        n=n,
        kind=kind,
        interaction_ref=interaction_ref,
        actor_kind=actor_kind,
        actor_id=actor_id,
        is_test=is_test,
        data=data or {},
        occurred_at=occurred_at,
    )


def record(
    kind: str,
    *,
    data: dict[str, Any] | None = None,
    occurred_at: datetime,
    interaction_ref: UUID | None = None,
    n: int = 0,
    actor_kind: str = ActorKind.SYSTEM,
    actor_id: int | None = None,
    is_test: bool | None = None,
    v: int = 1,
) -> None:
    """Write one event, as `event` makes it, with one INSERT, in the caller's transaction.

    Without `interaction_ref` it is the brand's own. `is_test` None: as all is that happens in the brand.
    """
    if is_test is None:
        is_test = is_sandbox(current_brand() or 0)
    noted = event(
        kind, interaction_ref=interaction_ref, n=n, actor_kind=actor_kind, actor_id=actor_id,
        is_test=is_test, data=data, occurred_at=occurred_at, v=v,
    )  # fmt: skip
    record_all([noted])


def record_all(events: Sequence[Event]) -> None:
    """Write all events of one verb with one INSERT, in the caller's transaction.

    Raises WrongScope; TypeError where `data` holds what JSON has no form for (core.compact).
    """
    if not events:
        return
    with connection.prepared() as cursor:  # type: ignore[attr-defined]
        cursor.execute(RECORD, [_records(events)])


def _records(events: Sequence[Event]) -> str:
    try:
        return as_records(events, COLUMNS)
    except TypeError as error:
        kinds = ", ".join(sorted({str(one.kind) for one in events}))
        raise TypeError(f"{kinds}: {error}") from error
