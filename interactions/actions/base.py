"""What every verb does: lock the row once, step it, record the event under its number, save."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from events.choices import Kind
from events.log import event, record_all
from interactions.access import lock_interaction
from interactions.choices import IN_HAND, MOVES, Move, OwnerKind, Turn
from interactions.clocks.keeping import keep
from interactions.errors import NotYours, WrongState
from interactions.models import Interaction, Segment
from interactions.signals import work_turned
from tenants.binding import current_brand


def brand_id() -> int:
    """Return the brand that is bound; verbs of this room run inside its scope."""
    bound = current_brand()
    if bound is None:
        raise RuntimeError("a verb of interactions needs a tenant_scope")
    return bound


def note_event(
    row: Interaction,
    kind: Kind,
    *,
    now: datetime,
    actor_kind: str,
    actor_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Record one event of the locked interaction under its next number, and let its clocks follow.

    The caller saves `event_n`.
    """
    row.event_n += 1
    noted = event(
        kind, interaction_ref=row.ref, n=row.event_n, actor_kind=actor_kind, actor_id=actor_id,
        is_test=row.is_test, data=data, occurred_at=now,
    )  # fmt: skip
    record_all([noted, *keep(row, noted, now=now)])


def step(row: Interaction, move: Move) -> None:
    """Make the move with the locked row; raises WrongState when it is not legal from where it is."""
    origins, state = MOVES[move]
    if row.state not in origins:
        raise WrongState(
            _("This conversation is %(state)s now.") % {"state": row.get_state_display().lower()}
        )
    row.state = state


def turn_work(row: Interaction, turn: Turn, *, until: datetime | None = None, now: datetime) -> bool:
    """Tell the labour plane what becomes of the agent's work; returns whether the agent has it then."""
    answers: list[tuple[Any, Any]] = work_turned.send(
        Interaction, brand_id=brand_id(), interaction_ref=row.ref, turn=turn, until=until, now=now
    )
    return any(answer is True for _receiver, answer in answers)


def lock_mine(ref: UUID, agent_id: int) -> Interaction:
    """Lock the interaction that the agent has. Raises NotYours, NotFound."""
    row = lock_interaction(ref)
    if row.agent_id != agent_id:
        raise NotYours
    return row


def in_hand(agent_id: int) -> int:
    """Return how many conversations of the brand the agent handles; those that rest are not counted."""
    return int(Interaction.objects.filter(agent_id=agent_id, state__in=sorted(IN_HAND)).count())


def begin_segment(
    row: Interaction,
    owner: OwnerKind,
    *,
    agent_id: int | None,
    reason: str,
    is_first: bool = False,
    now: datetime,
) -> None:
    """End the open segment and begin the next one at the same instant, never before the last one."""
    last = None if is_first else Segment.objects.filter(interaction=row).order_by("-n").first()
    start = max(now, last.ended_at or last.started_at) if last else now
    if last and last.ended_at is None:
        end_segment(row, now=start)
    Segment.objects.create(
        interaction=row, n=last.n + 1 if last else 1, owner_kind=owner, agent_id=agent_id,
        queue_id=row.queue_id, started_at=start, reason=reason,
    )  # fmt: skip


def end_segment(row: Interaction, *, now: datetime) -> None:
    """End the open segment; one that began after `now` (its customer had gone before) ends where it began."""
    end = Greatest(F("started_at"), Value(now, output_field=DateTimeField()))
    Segment.objects.filter(interaction=row, ended_at__isnull=True).update(ended_at=end)
