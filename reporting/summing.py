"""The statements that add facts up to roll-ups, and roll-ups to days: every measure of the register."""

from reporting.measures import MEASURES
from reporting.packing import COUNT_BITS, PLACE

KEY = "interval_start, queue_id, channel, agent_id"
ALL = ", ".join(
    f"sum(numbers[{PLACE[name]}])::bigint" if one.is_time else f"sum(numbers[{PLACE[name]}]::int)"
    for name, one in MEASURES.items()
)
"""Counts are added up as integers: a sum of bigints is a numeric, which costs a group more than its rows."""
COUNTS = (1 << COUNT_BITS) - 1


def _summed(key: str, into: str, *, columns: str = "", values: str = "") -> str:
    """Add up `part` (key, numbers), `bucket` (key, code, count) and `why` (key, reason, count) by the key."""
    return f"""
total AS (SELECT {key}, ARRAY[{ALL}] AS numbers FROM part GROUP BY {key}),
spread AS (
  SELECT {key}, array_agg(code << {COUNT_BITS} | count ORDER BY code) AS spreads
  FROM (SELECT {key}, code, sum(count)::bigint AS count FROM bucket GROUP BY {key}, code) one GROUP BY {key}
),
reason AS (
  SELECT {key}, jsonb_object_agg(reason, count) AS reasons
  FROM (SELECT {key}, reason, sum(count) AS count FROM why GROUP BY {key}, reason) one GROUP BY {key}
)
INSERT INTO {into} ({columns}{key}, numbers, spreads, reasons)
SELECT {values}{key}, numbers, coalesce(spreads, '{{}}'), coalesce(reasons, '{{}}')
FROM total LEFT JOIN spread USING ({key}) LEFT JOIN reason USING ({key})
"""  # noqa: S608 - fixed names


def _of_facts(condition: str, *, materialized: bool) -> str:
    return f"""
WITH part AS {"" if materialized else "NOT "}MATERIALIZED (
  SELECT {KEY}, numbers, buckets, reason, numbers[{PLACE["resolved"]}] > 0 AS resolved
  FROM reporting_fact {condition}
),
bucket AS (SELECT {KEY}, code::bigint, 1 AS count FROM part, unnest(buckets) code),
why AS (SELECT {KEY}, reason, 1 AS count FROM part WHERE resolved),
{_summed(KEY, "reporting_rollup")}"""  # noqa: S608 - fixed names


KEYS = "unnest(%(starts)s::timestamptz[], %(queues)s::bigint[], %(channels)s::text[], %(agents)s::bigint[])"
SAME = f"JOIN {KEYS} AS k ({KEY}) USING ({KEY})"
RANGE = "WHERE interval_start >= %(start)s AND interval_start < %(end)s"

FORGET_KEYS = f"DELETE FROM reporting_rollup WHERE ({KEY}) IN (SELECT * FROM {KEYS})"  # noqa: S608
FORGET_RANGE = f"DELETE FROM reporting_rollup {RANGE}"  # noqa: S608
FORGET_FACTS = f"DELETE FROM reporting_fact {RANGE}"  # noqa: S608
FORGET_DAYS = """
DELETE FROM reporting_dayrollup d USING unnest(%(starts)s::timestamptz[]) AS at
WHERE at >= d.start_at AND at < d.end_at
"""
FORGET_DAYS_IN = "DELETE FROM reporting_dayrollup WHERE start_at < %(end)s AND end_at > %(start)s"
SUM_KEYS, SUM_RANGE = _of_facts(SAME, materialized=True), _of_facts(RANGE, materialized=False)
IN_MEMORY = "SET LOCAL work_mem = '64MB'"
"""A busy client's day is sorted and grouped there, not on the disk."""

DAY = "%(start)s::timestamptz, %(end)s::timestamptz, "
SUM_DAY = f"""
WITH part AS MATERIALIZED (SELECT queue_id, numbers, spreads, reasons FROM reporting_rollup {RANGE}),
bucket AS (SELECT queue_id, s >> {COUNT_BITS} AS code, s & {COUNTS} AS count FROM part, unnest(spreads) s),
why AS (SELECT queue_id, key AS reason, value::bigint AS count FROM part, jsonb_each_text(reasons)),
day AS (
  INSERT INTO reporting_dayrollup (start_at, end_at, queue_id, numbers, spreads, reasons)
  VALUES (%(start)s, %(end)s, 0, '{{}}', '{{}}', '{{}}')
),
{_summed("queue_id", "reporting_dayrollup", columns="start_at, end_at, ", values=DAY)}"""  # noqa: S608
"""A day of quarters that begin in `[start, end)`, which is not there yet."""

TO_SUM = """
SELECT at FROM unnest(%(starts)s::timestamptz[]) AS at
WHERE NOT EXISTS (SELECT 1 FROM reporting_dayrollup WHERE start_at = at AND queue_id = 0)
"""
