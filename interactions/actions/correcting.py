"""Another reason and outcome for what is closed, until its day is closed: then what was reported stands."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from events.choices import ActorKind, Kind
from interactions.access import lock_interaction
from interactions.actions.base import brand_id, note_event
from interactions.actions.wrap_up import disposition
from interactions.choices import DispositionKind, State
from interactions.errors import NotYours, WrongState
from interactions.live import announce_state
from interactions.models import Interaction
from tenants.audit import audit

DAY_CLOSES = time(4)


class DayClosed(WrongState):
    code = "day_closed"

    def __init__(self) -> None:
        super().__init__(_("Its day is closed. Reason and outcome stand as they were reported."))


def correctable_until(closed_at: datetime, zone: str) -> datetime:
    """Return when its day closes (exclusive): at DAY_CLOSES of the next one, in the brand's zone."""
    there = ZoneInfo(zone)
    following = closed_at.astimezone(there).date() + timedelta(days=1)
    return datetime.combine(following, DAY_CLOSES, tzinfo=there).astimezone(UTC)


def correctable_since(now: datetime, zone: str) -> datetime:
    """Return since when what was closed may still be corrected: the oldest day that is not closed."""
    there = now.astimezone(ZoneInfo(zone))
    day = there.date() - timedelta(days=1 if there.time() < DAY_CLOSES else 0)
    return datetime.combine(day, time(), tzinfo=there.tzinfo).astimezone(UTC)


def correct(
    ref: UUID, *, actor: str, actor_id: int, own: bool, zone: str, reason_code: str, outcome_code: str,
    now: datetime,
) -> None:  # fmt: skip
    """Give it these instead, in the log with what stood before. `own`: only what this agent had.

    `zone` is the brand's. An outcome that is no contact needs no reason. As it is already: nothing happens.
    Raises Refused, DayClosed, WrongState, NotYours, NotFound.
    """
    with transaction.atomic():
        row = lock_interaction(ref)
        if own and row.agent_id != actor_id:
            raise NotYours
        if row.state != State.CLOSED or row.closed_at is None:
            raise WrongState(_("Only a closed conversation is corrected."))
        if now >= correctable_until(row.closed_at, zone):
            raise DayClosed
        before = _codes(row)
        row.outcome = disposition(DispositionKind.OUTCOME, outcome_code)
        needs_reason = reason_code or not row.outcome.not_a_contact
        row.reason = disposition(DispositionKind.REASON, reason_code) if needs_reason else None
        if _codes(row) != before:
            _keep(row, before, actor=actor, actor_id=actor_id, now=now)


def _keep(row: Interaction, before: dict[str, str], *, actor: str, actor_id: int, now: datetime) -> None:
    row.disposition_missing = False
    after = _codes(row)
    data = {name: [before[name], after[name]] for name in after} | {"not_a_contact": row.is_void}
    note_event(
        row, Kind.INTERACTION_CORRECTED, now=now, actor_kind=ActorKind.AGENT, actor_id=actor_id, data=data
    )
    row.save(update_fields=["reason", "outcome", "disposition_missing", "event_n"])
    diff = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    audit(
        "conversation.corrected", actor=actor, brand_id=brand_id(), object=f"conversation:{row.ref}",
        diff=diff, now=now,
    )  # fmt: skip
    announce_state(brand_id=brand_id(), ref=row.ref, agent_id=row.agent_id, state=row.state)


def _codes(row: Interaction) -> dict[str, str]:
    return {
        "reason": row.reason.code if row.reason else "",
        "outcome": row.outcome.code if row.outcome else "",
    }
