"""What time does to clocks: a target is used up, another agreement begins.

Twice is once; each conversation is a transaction of its own, so that one that fails holds up no other and a
process that died costs a moment.
"""

import logging
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError, transaction

from core.errors import NotFound, RoomError
from events.log import record_all
from interactions.access import lock_interaction
from interactions.choices import ClockState
from interactions.clocks.clockwork import Clockwork
from interactions.clocks.keeping import settle
from interactions.clocks.models import ClockPolicy
from interactions.clocks.queries import begun_from, business_clocks, due_clocks, goes_on, to_apply
from interactions.live import announce_state
from interactions.models import Interaction
from tenants.binding import current_brand

log = logging.getLogger(__name__)

LIMIT = 500


def ring_clocks(*, now: datetime) -> int:
    """Note every breach of the brand that is due, and let new agreements begin; returns how many changed."""
    changed = apply_policies(now=now)
    behind = list(to_apply(now))
    return changed + sum(_ring(ref, behind, now=now) for ref in due_clocks(now, limit=LIMIT))


def settle_clocks(ref: UUID, *, policy: ClockPolicy | None = None, now: datetime) -> bool:
    """Bring a conversation's clocks in line with where it is and what is due.

    With `policy`: with that agreement, if the conversation may not go by it yet; one that somebody works on
    is absent then, as that can be done again. Tells whether anything changed; whoever has it is told.
    Raises NotFound.
    """
    with transaction.atomic():
        row = lock_interaction(ref, skip_locked=policy is not None)
        work, before = Clockwork.of(row, now=now), row.event_n
        if policy and policy.awaits(row):
            for begun in begun_from(policy, row, now=now):
                work.retarget(at=max(begun, row.opened_at))
        changed = settle(work, look=policy is None)
        record_all(work.events)
        if row.event_n != before:
            row.save(update_fields=["event_n"])
        if changed:
            announce_state(
                brand_id=current_brand() or 0, ref=ref, agent_id=row.agent_id, state=row.state,
                beside=row.beside,
            )  # fmt: skip
    return changed


def apply_policies(*, most: int = LIMIT, now: datetime) -> int:
    """Let what is agreed from an instant that has come be in force for what goes on; returns of how many.

    At most so many conversations at once; the next sweep goes on behind them, and comes back to those that
    somebody worked on. Of two agreements a conversation goes by the earlier first.
    """
    changed, behind = 0, set[int]()
    for policy in to_apply(now):
        ahead = list(goes_on(policy.queue_id).filter(pk__gt=policy.reached).order_by("pk")[:most])
        changed += _apply(policy, ahead, behind, is_last=len(ahead) < most, now=now)
        behind.update(policy.skipped)
        most -= len(ahead)
        if not most:
            break
    return changed


def _apply(
    policy: ClockPolicy, ahead: list[Interaction], behind: Collection[int], *, is_last: bool, now: datetime
) -> int:
    """Let these conversations go by it, and those that were skipped; none that an earlier one skipped too.

    Two at once may do the same twice: what either writes down is true of it.
    """
    done: dict[int, bool | None] = {
        row.pk: None if row.pk in behind else _each(row.ref, policy, now=now)
        for row in [*goes_on().filter(pk__in=policy.skipped), *ahead]
    }
    policy.skipped = [pk for pk, changed in done.items() if changed is None]
    policy.reached = ahead[-1].pk if ahead else policy.reached
    policy.applied_at = now if is_last and not policy.skipped else None
    policy.save(update_fields=["skipped", "reached", "applied_at"])
    return sum(filter(None, done.values()))


def look_again(queues: Collection[int], *, now: datetime) -> None:
    """Have the clocks that go by these queues' hours looked at, as the hours are others now."""
    running = business_clocks().filter(
        queue__in=queues, state=ClockState.RUNNING, breached_at__isnull=True, target_seconds__isnull=False
    )
    running.update(due_at=now)


def _ring(ref: UUID, behind: Iterable[ClockPolicy], *, now: datetime) -> bool:
    """Settle one that is due, by what is agreed for it: also from `behind` on, where it may not know yet."""
    done = [_each(ref, policy, now=now) for policy in behind]
    return None not in done and any([*done, _each(ref, now=now)])


def _each(ref: UUID, policy: ClockPolicy | None = None, *, now: datetime) -> bool | None:
    """Settle one; None: it could not be done."""
    try:
        return settle_clocks(ref, policy=policy, now=now)
    except NotFound:
        return None
    except (RoomError, DatabaseError):
        log.exception("the clocks of %s were not settled", ref)
        return None
