"""Writing the time ledger: every change of state closes one interval and opens the next, in one transaction.

Callers hold the lock on the agent's AgentState row, so intervals of one agent are written one after another.
"""

from datetime import datetime

from workforce.models import AgentState, Engagement, FocusInterval, StateInterval


def write_state(
    state: AgentState, *, at: datetime, brand_id: int | None = None, pool_id: int | None = None
) -> None:
    """Let what `state` says hold from `at` on. `brand_id`, `pool_id`: whom the time is for, if for one."""
    fresh = StateInterval(
        agent_id=state.agent_id,
        availability=state.availability,
        reason_id=state.reason_id,
        brand_id=brand_id,
        pool_id=pool_id,
        connected=state.connected,
        started_at=at,
    )
    running = StateInterval.objects.open().filter(agent_id=state.agent_id).first()
    if running is not None:
        fresh.started_at = max(at, running.started_at)
        close(running, at=fresh.started_at)
    fresh.save(force_insert=True)


def carry_on(state: AgentState, *, at: datetime) -> None:
    """Like write_state, for whom the running interval is for: presence changed, nothing else."""
    running = StateInterval.objects.open().filter(agent_id=state.agent_id).first()
    kept = (running.brand_id, running.pool_id) if running else (None, None)
    write_state(state, at=at, brand_id=kept[0], pool_id=kept[1])


def close(interval: StateInterval | Engagement | FocusInterval, *, at: datetime) -> None:
    """End an open interval; one that lasted no time at all goes without a trace."""
    if interval.started_at >= at:
        interval.delete()
        return
    interval.ended_at = at
    interval.save(update_fields=["ended_at"])
