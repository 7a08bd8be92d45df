"""Reporting: a month of a client's contacts from roll-ups, and contact by contact, beside SQL over the log.

The log is planted: so many contacts over 30 days, five events each, waits and handle times as uneven as real
ones. The floor reads the same events with one statement by hand and makes the same figures, percentiles too.
"""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection

from bench import machine
from bench.harness import Paired, Row, a_a_row, alternate, ratio_row, row, timed
from bench.record import scratch_brand
from bench.rig import Rig
from core import clock
from events.readers import read
from interactions import actions as interactions
from interactions.choices import DispositionKind
from reporting.actions.rollups import READER, rebuild, roll_next
from reporting.catalogue import CATALOGUE
from reporting.histogram import percentile
from reporting.metrics import measured, merged
from reporting.queries import contacts_offered
from reporting.stored import stored
from tenants.cards import BrandCard
from tenants.scope import Grant, system, tenant_scope

GROUP = "reporting"
CONTACTS, DAYS = 20_000, 30
START = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
END = START + DAYS * DAY
BLOCKS, TALKS, SHARES = 8, 40, (50, 90, 95)
MONTH_LIMIT, EXACT_LIMIT, ERROR_LIMIT, CPU_LIMIT, LAG_LIMIT = 0.05, 1.1, 1.0, 15, 15
PLANT = """
WITH made AS (
  SELECT gen_random_uuid() AS ref, %(start)s::timestamptz + n * %(step)s::interval AS at, n,
    make_interval(secs => -20 * ln(1 - random())) AS wait,
    make_interval(secs => -240 * ln(1 - random())) AS talk
  FROM generate_series(0, %(count)s::int - 1) n
),
said AS (
  SELECT ref, 1 AS n, 'interaction.queued' AS kind, at, jsonb_build_object(
    'queue_id', 1 + n %% 3, 'channel', 'webchat', 'target_seconds', 20, 'target_share', 80) AS data FROM made
  UNION ALL
  SELECT ref, 2, 'interaction.assigned', at + wait, jsonb_build_object('agent_id', 1 + n %% 20) FROM made
  UNION ALL SELECT ref, 3, 'message.sent', at + wait + talk / 3, '{}' FROM made
  UNION ALL SELECT ref, 4, 'interaction.wrapped', at + wait + talk, '{}' FROM made
  UNION ALL
  SELECT ref, 5, 'interaction.closed', at + wait + talk + interval '30 s', '{"outcome": "solved"}' FROM made
)
INSERT INTO events_event
  (ref, v, era, txid, n, occurred_at, kind, interaction_ref, actor_kind, is_test, data)
SELECT gen_random_uuid(), 1, 0, 0, n, at, kind, ref, 'system', false, data FROM said
"""
BY_HAND = """
WITH contact AS (
  SELECT interaction_ref, min(occurred_at) FILTER (WHERE kind = 'interaction.queued') AS offered,
    min(occurred_at) FILTER (WHERE kind = 'interaction.assigned') AS answered,
    min(occurred_at) FILTER (WHERE kind = 'interaction.abandoned') AS abandoned,
    max(occurred_at) FILTER (WHERE kind = 'interaction.closed') AS closed,
    max((data->>'target_seconds')::int) FILTER (WHERE kind = 'interaction.queued') AS target
  FROM events_event
  WHERE NOT is_test AND occurred_at >= %(start)s AND occurred_at < %(end)s::timestamptz + interval '1 day'
  GROUP BY interaction_ref
)
SELECT date_trunc('day', offered), count(*), count(answered), count(abandoned),
  count(*) FILTER (WHERE extract(epoch FROM answered - offered) <= target),
  sum(extract(epoch FROM answered - offered)), sum(extract(epoch FROM closed - answered)),
  percentile_disc(ARRAY[0.5, 0.9, 0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM answered - offered)),
  percentile_disc(ARRAY[0.5, 0.9, 0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM closed - answered))
FROM contact WHERE offered < %(end)s GROUP BY 1
"""


def rows(rig: Rig) -> list[Row]:
    """Take all figures of the group, in a brand that is dropped again."""
    with scratch_brand() as card:
        grant = system("bench", brand=card)
        with tenant_scope(card, grant):
            plant()
            settle()
            month, exact, again = months(), exacts(), rebuilds()
            found = [
                ratio_row(GROUP, "month_vs_raw_sql", month, limit=MONTH_LIMIT, detail=WORDS),
                ratio_row(GROUP, "month_exact_vs_sql", exact, limit=EXACT_LIMIT, detail="contact by contact"),
                error_row(),
                ratio_row(GROUP, "rebuild_vs_sql", again, detail="a day made anew, beside reading it"),
            ]
        return [*found, cpu_row(rig, card, grant), lag_row(card, grant), a_a_row(GROUP, month.floor)]


WORDS = f"every metric of {CONTACTS} contacts by day, {DAYS} days, everything read by the reader"


def plant() -> None:
    values: dict[str, Any] = {"start": START, "step": DAYS * DAY / CONTACTS, "count": CONTACTS}
    with connection.cursor() as cursor:
        cursor.execute(PLANT, values)


def settle() -> None:
    """Read the log to its end, beside the worker, who does the same."""
    while roll_next(limit=5000):
        pass


def by_hand(start: datetime = START, end: datetime = END) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND, {"start": start, "end": end})
        cursor.fetchall()


def month_stored() -> None:
    parts = stored([START + n * DAY for n in range(DAYS)], END).parts
    for sums in (*parts, merged(parts)):
        for metric in CATALOGUE:
            metric.value(sums)


def month_exact() -> None:
    sums = measured(contacts_offered(START, END), CATALOGUE)
    for metric in CATALOGUE:
        metric.value(sums)


def months() -> Paired:
    return pair(month_stored, by_hand, blocks=BLOCKS)


def exacts() -> Paired:
    return pair(month_exact, by_hand, blocks=2)


def rebuilds() -> Paired:
    day = START + 10 * DAY
    return pair(lambda: list(rebuild(day, day + DAY)), lambda: by_hand(day, day + DAY), blocks=BLOCKS)


def pair(subject: Callable[[], object], floor: Callable[[], object], *, blocks: int) -> Paired:
    return alternate(lambda: timed(subject, 1), lambda: timed(floor, 1), blocks=blocks)


def error_row() -> Row:
    """The worst percentile of waits and handle times from the roll-ups, beside the true one."""
    (sums,) = stored([START], END).parts
    contacts = contacts_offered(START, END)
    waits = [one.answered_at - one.offered_at for one in contacts if one.answered_at]
    handles = [one.handled_at - one.answered_at for one in contacts if one.answered_at and one.handled_at]
    errors = [
        abs((percentile(sums.spreads[name], share) or 0) / true(values, share) - 1) * 100
        for name, values in (("wait", waits), ("handle", handles))
        for share in SHARES
    ]
    worst = max(errors)
    return row(
        GROUP, "percentile_error", worst, "%", target=f"<= {ERROR_LIMIT:g} %", holds=worst <= ERROR_LIMIT,
        detail=f"the worst of percentiles {SHARES} of waits and handle times, {CONTACTS} each",
    )  # fmt: skip


def true(values: Sequence[timedelta], share: int) -> float:
    """Return the percentile by nearest rank, in microseconds."""
    return sorted(values)[-(-share * len(values) // 100) - 1] / timedelta(microseconds=1)


def cpu_row(rig: Rig, card: BrandCard, grant: Grant) -> Row:
    """What keeping roll-ups costs an event, beside what the verbs cost that write it."""
    with tenant_scope(card, grant):
        queue = interactions.save_queue(name="Bench")
        inbox = interactions.create_inbox(name="Bench", queue=queue, config={})
        interactions.save_disposition(DispositionKind.REASON, "bench", "Bench")
        interactions.save_disposition(DispositionKind.OUTCOME, "bench", "Bench")
    written = spent(rig, lambda: talks(card, grant, inbox))
    day = START + 20 * DAY
    with tenant_scope(card, grant):
        kept = spent(rig, lambda: list(rebuild(day, day + DAY)))
    each, floor = kept / (CONTACTS / DAYS * 5), written / (TALKS * EVENTS)
    share = 100 * each / floor
    return row(
        GROUP, "rollup_cpu_share", share, "%", target=f"<= {CPU_LIMIT} %", holds=share <= CPU_LIMIT,
        detail=f"{1000 * each:.2f} CPU-ms an event, of a rebuilt day, beside {1000 * floor:.2f} of the verbs "
        "that write it; this process and postgres",
    )  # fmt: skip


EVENTS = 7
"""Of a talk: opened, received, queued, assigned, sent, wrapped, closed."""


def talks(card: BrandCard, grant: Grant, inbox: object) -> None:
    for _ in range(TALKS):
        with tenant_scope(card, grant):
            talk(inbox)


def talk(inbox: object) -> None:
    now = clock.now()
    first = interactions.open_conversation(
        uuid4().hex * 2, inbox=inbox, client_id=uuid4(), body="Hello", language="en", page="",  # type: ignore[arg-type]
        expires_at=now + DAY, now=now,
    )  # fmt: skip
    ref = first.interaction_ref
    interactions.assign(ref, agent_id=1, agent_shown="Bench", now=now)
    interactions.send_reply(
        ref, agent_id=1, author_shown="Bench", client_id=uuid4(), body="Hello", last_seq=10, now=now
    )
    interactions.begin_wrap_up(ref, agent_id=1, now=now)
    interactions.wrap_up(ref, agent_id=1, reason_code="bench", outcome_code="bench", now=now)


def spent(rig: Rig, work: Callable[[], object]) -> float:
    """Return the CPU seconds of this process and of PostgreSQL meanwhile."""
    servers = rig.servers("postgres")
    here, there = time.process_time(), machine.cpu_seconds(servers)
    work()
    return time.process_time() - here + machine.cpu_seconds(rig.servers("postgres")) - there


def lag_row(card: BrandCard, grant: Grant) -> Row:
    """From the commit of an event until the worker has it in the roll-ups, by its own schedule."""
    lags = []
    for _ in range(3):
        with tenant_scope(card, grant):
            inbox = interactions.create_inbox(
                name=uuid4().hex, queue=interactions.save_queue(name=uuid4().hex), config={}
            )
            talk(inbox)
        began = time.monotonic()
        while unread(card, grant) and time.monotonic() - began < 60:
            time.sleep(0.2)
        lags.append(time.monotonic() - began)
    worst = max(lags)
    return row(
        GROUP, "rollup_lag_s", worst, "s", target=f"<= {LAG_LIMIT} s", holds=worst <= LAG_LIMIT,
        detail=f"the slowest of {len(lags)}; reports are exact meanwhile: they fold what is not read yet",
    )  # fmt: skip


def unread(card: BrandCard, grant: Grant) -> bool:
    with tenant_scope(card, grant):
        return bool(read(READER, limit=1))
