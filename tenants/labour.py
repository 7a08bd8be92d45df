"""The public twin of a brand's event log: `brand.*`, `agent.*`, `offer.*`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from core.ids import new_ref
from tenants.binding import LABOUR, Bound
from tenants.models import LabourEvent


def record_labour(
    kind: str,
    *,
    brand_id: int | None,
    ref: UUID | None = None,
    interaction_ref: UUID | None = None,
    actor_kind: str,
    actor_id: int | None = None,
    is_test: bool = False,
    data: dict[str, Any],
    occurred_at: datetime,
    n: int | None = None,
    v: int = 1,
) -> None:
    """Append one event, part of the caller's transaction; `data` holds ids, numbers and codes only."""
    event = LabourEvent(
        kind=kind,
        brand_id=brand_id,
        ref=ref or new_ref(occurred_at),
        interaction_ref=interaction_ref,
        actor_kind=actor_kind,
        actor_id=actor_id,
        is_test=is_test,
        data=data,
        occurred_at=occurred_at,
        n=n,
        v=v,
    )
    with Bound(LABOUR):
        event.save(force_insert=True)
