"""Reporting: a month of a client's contacts from roll-ups, and contact by contact, beside SQL over the log.

The log is planted: BENCH_CONTACTS over 30 days, five events each, waits and handle times as uneven as real
ones. The reader reads some of them; each of these then gets twins, in the log and among the facts, and the
roll-ups are added up anew. The floor reads the same events with one statement by hand and makes the same
figures, percentiles too; where roll-ups are made it is one INSERT ... SELECT of the same events by the same
key.
"""

import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from django.db import connection, transaction
from psycopg import sql

from bench import machine
from bench.board import board_row
from bench.exporting import export_row
from bench.harness import Paired, Row, a_a_row, alternate, ratio_row, row, timed
from bench.printing import month_issued, pdf_row
from bench.record import scratch_brand
from bench.rig import Rig
from core import clock
from core.heap import settle as settle_heap
from events.readers import read
from interactions import actions as interactions
from interactions.choices import DispositionKind
from interactions.models import Inbox
from reporting.actions.rollups import READER, keep_days, rebuild, resum, roll_next
from reporting.catalogue import CATALOGUE
from reporting.days import Day
from reporting.histogram import percentile
from reporting.metrics import merged
from reporting.queries import contacts_offered
from reporting.stored import exactly, stored
from reporting.summing import KEY
from tenants.cards import BrandCard
from tenants.scope import Grant, system, tenant_scope

GROUP = "reporting"
DAYS, READ = 30, 20_000
TWINS = max(int(os.environ.get("BENCH_CONTACTS", "1000000")) // READ, 1)
CONTACTS = READ * TWINS
START = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
END = START + DAYS * DAY
BLOCKS, LONG_BLOCKS, TALKS, SHARES = 16, 10, 40, (50, 90, 95)
RATE, SECONDS = 100, 20
MONTH_LIMIT, EXACT_LIMIT, REBUILD_LIMIT, ERROR_LIMIT, CPU_LIMIT, LAG_LIMIT = 0.05, 1.1, 2, 1.0, 15, 5
NEW_REF = """
(lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || right(md5(random()::text || n), 20))::uuid
"""
"""It begins with its instant, as the product's do."""
TWIN = """
SELECT (left(e.interaction_ref::text, 13) || right(md5(e.interaction_ref::text || n), 20))::uuid AS ref
FROM generate_series(2, %(twins)s) n
"""
PLANT = """
WITH made AS (
  SELECT NEW_REF AS ref, at, n,
    make_interval(secs => -20 * ln(1 - random())) AS wait,
    make_interval(secs => -240 * ln(1 - random())) AS talk
  FROM generate_series(0, %(count)s::int - 1) n,
    LATERAL (SELECT %(start)s::timestamptz + n * %(step)s::interval) t (at)
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
SELECT NEW_REF, 1, 0, 0, n, at, kind, ref, 'system', false, data FROM said
ORDER BY at
""".replace("NEW_REF", NEW_REF)
TWIN_EVENTS = f"""
INSERT INTO events_event
  (ref, v, era, txid, n, occurred_at, kind, interaction_ref, actor_kind, is_test, data)
SELECT {NEW_REF}, v, era, txid, n, at, kind, twin.ref, actor_kind, is_test, data
FROM events_event e CROSS JOIN LATERAL ({TWIN}) twin, LATERAL (SELECT occurred_at AS at) t WHERE era = 0
"""
TWIN_FACTS = f"""
INSERT INTO reporting_fact
  ({KEY}, numbers, interaction_ref, entry, reason, target, lengths, buckets)
SELECT {KEY}, numbers, twin.ref, entry, reason, target, lengths, buckets
FROM reporting_fact e CROSS JOIN LATERAL ({TWIN}) twin WHERE interval_start < %(end)s
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
ROLLED_BY_HAND = """
WITH contact AS (
  SELECT interaction_ref, min(occurred_at) FILTER (WHERE kind = 'interaction.queued') AS offered,
    min(occurred_at) FILTER (WHERE kind = 'interaction.assigned') AS answered,
    min(occurred_at) FILTER (WHERE kind = 'interaction.abandoned') AS abandoned,
    max(occurred_at) FILTER (WHERE kind = 'interaction.closed') AS closed,
    max((data->>'target_seconds')::int) FILTER (WHERE kind = 'interaction.queued') AS target,
    max((data->>'queue_id')::bigint) FILTER (WHERE kind = 'interaction.queued') AS queue,
    max(data->>'channel') FILTER (WHERE kind = 'interaction.queued') AS channel,
    max((data->>'agent_id')::bigint) FILTER (WHERE kind = 'interaction.assigned') AS agent
  FROM events_event
  WHERE NOT is_test AND occurred_at >= %(start)s AND occurred_at < %(end)s::timestamptz + interval '1 hour'
  GROUP BY interaction_ref
)
INSERT INTO reporting_rollup (interval_start, queue_id, channel, agent_id, numbers, spreads, reasons)
SELECT date_bin('15 minutes', offered, '2000-01-01'), queue, 'by hand', agent, ARRAY[
  count(*), count(answered), count(abandoned),
  count(*) FILTER (WHERE extract(epoch FROM answered - offered) <= target),
  sum(extract(epoch FROM answered - offered) * 1000000)::bigint,
  sum(extract(epoch FROM closed - answered) * 1000000)::bigint
], '{}', '{}'
FROM contact WHERE offered < %(end)s GROUP BY 1, 2, 3, 4
"""


def rows(rig: Rig) -> list[Row]:
    """Take all figures of the group, in a brand that is dropped again."""
    with scratch_brand() as card:
        grant = system("bench", brand=card)
        with tenant_scope(card, grant):
            plant()
            analyze(rig, card)
            settle()
            found = [error_row()]
        document, built = month_issued(card, grant, START.date())
        found += [cpu_row(rig, card, grant), lag_row(card, grant), board_row()]
        found.append(pdf_row(GROUP, document, built))
        with tenant_scope(card, grant):
            grow(rig, card)
            analyze(rig, card)
            patient()
            month, exact, again, sums = months(), exacts(), rebuilds(), resums()
        found += [
            ratio_row(GROUP, "month_vs_raw_sql", month, limit=MONTH_LIMIT, detail=WORDS),
            ratio_row(GROUP, "month_exact_vs_sql", exact, limit=EXACT_LIMIT, detail=EXACT_WORDS),
            ratio_row(GROUP, "rebuild_vs_sql", again, limit=REBUILD_LIMIT, detail=REBUILD_WORDS),
            ratio_row(GROUP, "resum_vs_sql", sums, limit=REBUILD_LIMIT, detail=RESUM_WORDS),
            export_row(GROUP, card, grant, document, START),
        ]
    return [*found, a_a_row(GROUP, [*month.floor, *exact.floor])]  # the same by hand, twice ten times


WORDS = f"every metric of {CONTACTS} contacts by day, {DAYS} days, everything read by the reader"
EXACT_WORDS = "the same from the facts, with percentiles of the durations themselves"
REBUILD_WORDS = (
    f"a day of {CONTACTS // DAYS} contacts made anew from its log, every measure and histogram, beside one "
    "INSERT ... SELECT of six sums of it"
)
RESUM_WORDS = "a day's roll-ups of every measure made anew from its facts, beside the same"


def plant() -> None:
    values: dict[str, Any] = {"start": START, "step": DAYS * DAY / READ, "count": READ}
    with connection.cursor() as cursor:
        cursor.execute(PLANT, values)


def grow(rig: Rig, card: BrandCard) -> None:
    """Give each contact of the month its twins and add up; of an older cluster, so the reader has passed."""
    with psycopg.connect(rig.boss_url) as boss:  # no statement of the product's may take so long
        boss.execute(sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(card.schema_name)))
        for statement in (TWIN_FACTS, TWIN_EVENTS):
            boss.execute(statement, {"twins": TWINS, "end": END})
    for day in month_days():
        resum(day, day + DAY)
    add_days_up()


def patient() -> None:
    """Let a statement by hand over the whole log take as long as it takes."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")


def analyze(rig: Rig, card: BrandCard) -> None:
    """Take statistics, as autovacuum does within a minute."""
    with psycopg.connect(rig.boss_url, autocommit=True) as boss:
        for table in ("events_event", "reporting_fact", "reporting_rollup", "reporting_dayrollup"):
            boss.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(card.schema_name, table)))


def settle() -> None:
    """Read the log to its end, beside the worker, who does the same, and add its days up."""
    while roll_next(limit=5000):
        pass
    add_days_up()


def add_days_up() -> None:
    keep_days([Day(at.date(), at, at + DAY) for at in month_days()])


def month_days() -> list[datetime]:
    return [START + n * DAY for n in range(DAYS)]


def by_hand(start: datetime = START, end: datetime = END) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND, {"start": start, "end": end})
        cursor.fetchall()


def month_stored() -> None:
    parts = stored(month_days(), END).parts
    for sums in (*parts, merged(parts)):
        for metric in CATALOGUE:
            metric.value(sums)


def month_exact() -> None:
    for sums in exactly(month_days(), END, shares=SHARES):
        for metric in CATALOGUE:
            metric.value(sums)


def months() -> Paired:
    return pair(month_stored, by_hand, blocks=LONG_BLOCKS)


def exacts() -> Paired:
    return pair(month_exact, by_hand, blocks=LONG_BLOCKS)


def rebuilds() -> Paired:
    day = START + 10 * DAY
    settle_heap()  # as the command does
    return pair(lambda: list(rebuild(day, day + DAY)), lambda: rolled_by_hand(day), blocks=BLOCKS)


def resums() -> Paired:
    day = START + 11 * DAY
    return pair(lambda: resum(day, day + DAY), lambda: rolled_by_hand(day), blocks=BLOCKS)


def rolled_by_hand(day: datetime) -> None:
    """Make the roll-ups of a day with one statement, and leave nothing of them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ROLLED_BY_HAND, {"start": day, "end": day + DAY})
        transaction.set_rollback(True)


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
        detail=f"the worst of percentiles {SHARES} of waits and handle times, {READ} each",
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
    written, kept = talks(rig, card, grant, inbox)
    share = 100 * kept / written
    return row(
        GROUP, "rollup_cpu_share", share, "%", target=f"<= {CPU_LIMIT} %", holds=share <= CPU_LIMIT,
        detail=f"{1000 * kept / (TALKS * EVENTS):.2f} CPU-ms an event, each folded as it comes, beside "
        f"{1000 * written / (TALKS * EVENTS):.2f} of the verbs that write it; this process and postgres",
    )  # fmt: skip


EVENTS = 7
"""Of a talk: opened, received, queued, assigned, sent, wrapped, closed."""


def talks(rig: Rig, card: BrandCard, grant: Grant, inbox: Inbox) -> tuple[float, float]:
    """Return the CPU seconds of many talks, verb by verb, and of the reader, who comes after each verb."""
    refs: list[UUID] = []
    written = kept = 0.0
    for verb in (begin, *VERBS):
        written += spent(rig, lambda verb=verb: refs.extend(each(card, grant, verb, inbox, refs)))  # type: ignore[misc]
        kept += spent(rig, lambda: read_on(card, grant))
    return written, kept


def each(
    card: BrandCard, grant: Grant, verb: Callable[..., UUID | None], inbox: Inbox, refs: Sequence[UUID]
) -> list[UUID]:
    found = []
    subjects: Sequence[Any] = refs or [inbox] * TALKS
    for of in subjects:
        with tenant_scope(card, grant):
            found.append(verb(of))
    return [one for one in found if one]


def read_on(card: BrandCard, grant: Grant) -> None:
    with tenant_scope(card, grant):
        while roll_next():
            pass


def begin(inbox: Inbox) -> UUID:
    now = clock.now()
    first = interactions.open_conversation(
        uuid4().hex * 2, inbox=inbox, client_id=uuid4(), body="Hello", language="en", page="",
        expires_at=now + DAY, now=now,
    )  # fmt: skip
    return first.interaction_ref


def answer(ref: UUID) -> None:
    interactions.assign(ref, agent_id=1, agent_shown="Bench", now=clock.now())


def reply(ref: UUID) -> None:
    interactions.send_reply(
        ref, agent_id=1, author_shown="Bench", client_id=uuid4(), body="Hello", last_seq=10, now=clock.now()
    )


def end(ref: UUID) -> None:
    interactions.begin_wrap_up(ref, agent_id=1, now=clock.now())


def close(ref: UUID) -> None:
    interactions.wrap_up(ref, agent_id=1, reason_code="bench", outcome_code="bench", now=clock.now())


VERBS = (answer, reply, end, close)


def talk(inbox: Inbox) -> None:
    ref = begin(inbox)
    for verb in VERBS:
        verb(ref)


def spent(rig: Rig, work: Callable[[], object]) -> float:
    """Return the CPU seconds of this process and of PostgreSQL meanwhile."""
    servers = rig.servers("postgres")
    here, there = time.process_time(), machine.cpu_seconds(servers)
    work()
    return time.process_time() - here + machine.cpu_seconds(rig.servers("postgres")) - there


def lag_row(card: BrandCard, grant: Grant) -> Row:
    """How old the oldest event is that the worker has not read, while so many are written each second."""
    with tenant_scope(card, grant):
        inbox = interactions.create_inbox(
            name=uuid4().hex, queue=interactions.save_queue(name=uuid4().hex), config={}
        )
    lags, began, written = [], time.monotonic(), 0
    while (gone := time.monotonic() - began) < SECONDS:
        if written < gone * RATE:
            with tenant_scope(card, grant):
                talk(inbox)
            written += EVENTS
        lags.append(behind(card, grant))
    worst = max(lags)
    return row(
        GROUP, "rollup_lag_s", worst, "s", target=f"<= {LAG_LIMIT} s", holds=worst <= LAG_LIMIT,
        detail=f"the oldest unread event at {written / SECONDS:.0f} events a second for {SECONDS} s, of one "
        "brand; reports are exact meanwhile: they fold what is not read yet",
    )  # fmt: skip


def behind(card: BrandCard, grant: Grant) -> float:
    with tenant_scope(card, grant):
        found = read(READER, limit=1)
    return (clock.now() - found[0].occurred_at).total_seconds() if found else 0.0
