"""What an agent is on: the ledger's engagements, and which of them is in front."""

from datetime import datetime

from django.db import transaction

from tenants.scope import labour_scope
from workforce.actions.availability import take_up_plan
from workforce.actions.base import announce, lock_state
from workforce.choices import EngagementKind
from workforce.intervals import close
from workforce.models import AgentState, Engagement, FocusInterval


def engage(
    agent_id: int,
    *,
    work_item_id: int,
    brand_id: int,
    queue_id: int,
    pool_id: int | None = None,
    is_test: bool = False,
    kind: str = EngagementKind.HANDLING,
    now: datetime,
) -> None:
    """Begin to count the agent's time for the item; an engagement of another kind with it ends here.

    Wipes the agent's strikes. Twice is once.
    """
    with labour_scope(), transaction.atomic(savepoint=False):
        running = Engagement.objects.open().filter(agent_id=agent_id, work_item_id=work_item_id).first()
        if running and running.kind == kind:
            return
        if running:
            close(running, at=now)
        Engagement.objects.create(
            agent_id=agent_id,
            work_item_id=work_item_id,
            brand_id=brand_id,
            queue_id=queue_id,
            pool_id=pool_id or (running.pool_id if running else None),
            is_test=is_test,
            kind=kind,
            started_at=max(now, running.started_at) if running else now,
        )
        AgentState.objects.filter(pk=agent_id, strikes__gt=0).update(strikes=0)


def disengage(
    agent_id: int, *, work_item_id: int, worked_until: datetime | None = None, now: datetime
) -> None:
    """Stop counting the agent's time for the item, as of `worked_until` if that was before now.

    The last one to end takes up the agent's plan, if any. Their state is locked first: a plan that is made at
    this instant sees the work and waits for its end, or is seen by it.
    """
    with labour_scope(), transaction.atomic(savepoint=False):
        lock_state(agent_id)
        running = Engagement.objects.open().filter(agent_id=agent_id, work_item_id=work_item_id).first()
        if running is None:
            return
        ended_at = worked_until or now
        close(running, at=ended_at)
        _look_away(agent_id, at=ended_at, work_item_id=work_item_id)
        if not take_up_plan(agent_id, now=now):
            announce(agent_id, now=now)


def focus(agent_id: int, *, work_item_id: int | None, now: datetime) -> None:
    """Note which item is in front of the agent from now on (None: none).

    An item that they are not engaged with stays out of it: looking at what is over is nobody's time.
    """
    with labour_scope(), transaction.atomic(savepoint=False):
        if _in_front(agent_id) == work_item_id:
            return
        lock_state(agent_id)
        running = FocusInterval.objects.open().filter(agent_id=agent_id).first()
        if running and running.work_item_id == work_item_id:
            return
        if work_item_id is not None and not _is_on(agent_id, work_item_id):
            return
        started_at = max(now, running.started_at) if running else now
        if running:
            close(running, at=started_at)
        if work_item_id is not None:
            FocusInterval.objects.create(agent_id=agent_id, work_item_id=work_item_id, started_at=started_at)


def _in_front(agent_id: int) -> int | None:
    """What is in front, without the lock: it is noted each time that something was read."""
    open_ones = FocusInterval.objects.open().filter(agent_id=agent_id)
    return open_ones.values_list("work_item_id", flat=True).first()


def _is_on(agent_id: int, work_item_id: int) -> bool:
    return Engagement.objects.open().filter(agent_id=agent_id, work_item_id=work_item_id).exists()


def _look_away(agent_id: int, *, work_item_id: int, at: datetime) -> None:
    running = FocusInterval.objects.open().filter(agent_id=agent_id, work_item_id=work_item_id).first()
    if running:
        close(running, at=at)
