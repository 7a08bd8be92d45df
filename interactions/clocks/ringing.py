"""What time does to clocks: a target is used up, another agreement begins.

Twice is once; each conversation is a transaction of its own, so that one that fails holds up no other and a
process that died costs a moment.
"""

import logging
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError, transaction

from core.errors import RoomError
from events.log import record_all
from interactions.access import lock_interaction
from interactions.choices import ClockState, ClockTime
from interactions.clocks.clockwork import Clockwork
from interactions.clocks.keeping import settle
from interactions.clocks.models import Clock, ClockPolicy
from interactions.clocks.queries import due_clocks, goes_on_in
from interactions.live import announce_state
from tenants.binding import current_brand

log = logging.getLogger(__name__)

LIMIT = 500


def ring_clocks(*, now: datetime) -> int:
    """Note every breach of the brand that is due, and let new agreements begin; returns how many changed."""
    done = [_each(ref, now=now) for ref in due_clocks(now, limit=LIMIT)]
    return apply_policies(now=now) + sum(filter(None, done))


def settle_clocks(ref: UUID, *, at: datetime | None = None, now: datetime) -> bool:
    """Bring a conversation's clocks in line with where it is, what is due, and what is agreed from `at` on.

    Tells whether anything changed; whoever has it is told. Raises NotFound.
    """
    with transaction.atomic():
        row = lock_interaction(ref)
        work, before = Clockwork.of(row, now=now), row.event_n
        if at is not None:
            work.retarget(at=max(at, row.opened_at))
        changed = settle(work)
        record_all(work.events)
        if row.event_n != before:
            row.save(update_fields=["event_n"])
        if changed:
            announce_state(
                brand_id=current_brand() or 0, ref=ref, agent_id=row.agent_id, state=row.state,
                beside=row.beside,
            )  # fmt: skip
    return changed


def apply_policies(*, most: int | None = None, now: datetime) -> int:
    """Let what is agreed from an instant that has come be in force for what goes on; returns of how many.

    `most`: more conversations than these are left to the next sweep, as somebody waits for the answer.
    It is done when each conversation goes by it: interrupted, it is begun again.
    """
    begun = ClockPolicy.objects.filter(applied_at__isnull=True, effective_at__lte=now)
    changed = 0
    for policy in begun.order_by("effective_at", "pk"):
        refs = goes_on_in(policy.queue_id)
        if most is not None and len(refs) > most:
            break
        done = [_each(ref, at=policy.effective_at, now=now) for ref in refs]
        changed += sum(filter(None, done))
        if None not in done:
            ClockPolicy.objects.filter(pk=policy.pk).update(applied_at=now)
    return changed


def look_again(queues: Collection[int], *, now: datetime) -> None:
    """Have the clocks that go by these queues' hours looked at, as the hours are others now."""
    running = Clock.objects.filter(
        queue__in=queues, counted=ClockTime.BUSINESS, state=ClockState.RUNNING, breached_at__isnull=True,
        target_seconds__isnull=False,
    )  # fmt: skip
    running.update(due_at=now)


def _each(ref: UUID, *, at: datetime | None = None, now: datetime) -> bool | None:
    """Settle one; None: it could not be done."""
    try:
        return settle_clocks(ref, at=at, now=now)
    except (RoomError, DatabaseError):
        log.exception("the clocks of %s were not settled", ref)
        return None
