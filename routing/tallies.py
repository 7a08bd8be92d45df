"""Deriving QueueTally from the work items: the leader once a second for what changed, anybody for a range.

A contact is one entry of an interaction into a queue, as in the service report: items that were given back to
the line share their `enqueued_at` and are one contact. One that was closed and goes on is no new one
(`requeued_at` is set from the start), one that was moved to another queue is: it has left the first one then.
Who was promised a call has left the line unanswered.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from routing.choices import Outcome
from routing.writes import Run, run_here

INTERVAL = timedelta(minutes=15)
SHORT_SECONDS = 5
FIRST = datetime(2000, 1, 1, tzinfo=UTC)

NUMBERS = (
    "offered", "answered", "in_target", "abandoned", "short_abandoned", "flow_out", "handled", "wait_seconds",
    "handle_seconds",
)  # fmt: skip
DERIVE = f"""
WITH contact AS (
  SELECT i.brand_id, (array_agg(i.queue_id ORDER BY i.id))[1] AS queue_id,
    (array_agg(i.channel ORDER BY i.id))[1] AS channel, i.enqueued_at,
    min(i.target_seconds) AS target_seconds, max(i.ended_at) AS ended_at,
    bool_or(i.outcome = '{Outcome.CALLBACK}') AS is_called,
    CASE WHEN NOT bool_or(i.outcome = '{Outcome.CALLBACK}') THEN min(i.answered_at) END AS answered_at,
    bool_and(i.ended_at IS NOT NULL) AS is_over,
    bool_or(i.outcome = '{Outcome.ABANDONED}') AS left_line,
    CASE WHEN (array_agg(i.outcome ORDER BY i.id DESC))[1] IN ('{Outcome.CLOSED}', '{Outcome.TRANSFERRED}')
      THEN max(i.ended_at) END AS closed_at
  FROM routing_workitem i
  WHERE i.enqueued_at >= %(start)s::timestamptz AND i.enqueued_at < %(end)s::timestamptz AND NOT i.is_test
  GROUP BY i.brand_id, i.interaction_ref, i.enqueued_at
  HAVING NOT bool_or(i.not_a_contact) AND bool_or(i.requeued_at IS NULL OR EXISTS (
    SELECT FROM routing_workitem p
    WHERE p.brand_id = i.brand_id AND p.interaction_ref = i.interaction_ref AND p.queue_id <> i.queue_id
      AND p.outcome = '{Outcome.TRANSFERRED}' AND p.ended_at = i.requeued_at))
),
said AS (
  SELECT c.*, date_bin('15 minutes', enqueued_at, '2000-01-01 00:00+00') AS interval_start,
    answered_at IS NOT NULL AS is_answered,
    answered_at IS NULL AND left_line AND NOT is_called AS is_abandoned,
    extract(epoch FROM answered_at - enqueued_at) AS waited,
    CASE WHEN answered_at IS NOT NULL THEN extract(epoch FROM closed_at - answered_at) END AS took
  FROM contact c
),
tally AS (
  SELECT brand_id, queue_id, channel, interval_start, count(*) AS offered,
    count(*) FILTER (WHERE is_answered) AS answered,
    count(*) FILTER (WHERE waited <= target_seconds) AS in_target,
    count(*) FILTER (WHERE is_abandoned) AS abandoned,
    count(*) FILTER (WHERE is_abandoned
      AND ended_at <= enqueued_at + interval '{SHORT_SECONDS} s') AS short_abandoned,
    count(*) FILTER (WHERE (is_over OR is_called) AND NOT is_answered AND NOT is_abandoned) AS flow_out,
    count(*) FILTER (WHERE took IS NOT NULL) AS handled,
    coalesce(sum(waited), 0) AS wait_seconds, coalesce(sum(took), 0) AS handle_seconds
  FROM said GROUP BY brand_id, queue_id, channel, interval_start
),
gone AS (
  DELETE FROM routing_queuetally q
  WHERE q.interval_start >= %(start)s::timestamptz AND q.interval_start < %(end)s::timestamptz
    AND (q.queue_id, q.channel, q.interval_start)
      NOT IN (SELECT queue_id, channel, interval_start FROM tally)
)
INSERT INTO routing_queuetally AS q (brand_id, queue_id, channel, interval_start, {", ".join(NUMBERS)})
SELECT brand_id, queue_id, channel, interval_start, {", ".join(NUMBERS)} FROM tally
ON CONFLICT (queue_id, channel, interval_start) DO UPDATE
SET {", ".join(f"{name} = excluded.{name}" for name in NUMBERS)}
WHERE ({", ".join(f"q.{name}" for name in NUMBERS)})
  IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in NUMBERS)})
RETURNING queue_id
"""  # noqa: S608


def interval_of(instant: datetime) -> datetime:
    """Return the beginning of the quarter of an hour that the instant is in."""
    return FIRST + (instant - FIRST) // INTERVAL * INTERVAL


def rebuild_tallies(start: datetime, end: datetime, *, run: Run = run_here) -> int:
    """Derive the tallies of the intervals that `[start, end)` touches anew; returns how many rows changed."""
    last = interval_of(end - timedelta(microseconds=1)) + INTERVAL
    return len(run(DERIVE, {"start": interval_of(start), "end": last}))


class Changed:
    """The intervals whose contacts changed since they were derived last."""

    def __init__(self) -> None:
        self.starts: set[datetime] = set()

    def note(self, entered: Iterable[datetime]) -> None:
        """Note contacts by when they entered their queue."""
        self.starts.update(map(interval_of, entered))

    def derive(self, run: Run) -> bool:
        """Derive what was noted; tells whether anything was."""
        starts, self.starts = sorted(self.starts), set()
        for start in starts:
            rebuild_tallies(start, start + INTERVAL, run=run)
        return bool(starts)
