"""What a run leaves: the JSON list of rows, and docs/benchmarks.md when every group ran."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench import machine
from bench.harness import Row

PROJECT = Path(__file__).resolve().parent.parent
PAGE = PROJECT / "docs" / "benchmarks.md"
TITLES = {
    "tenancy": "Tenancy: entering a brand, onboarding one",
    "onboarding": "Onboarding: brands from the pool, the fleet to new migrations",
    "live": "Live: a customer's message to the agent's screen",
    "routing": "Routing: from the line to the offer on the agent's screen",
    "reporting": "Reporting: a month of contacts, from roll-ups and from the log",
    "accounts": "Access: a seat that is taken away, and the socket that stood on it",
    "footprint": "Footprint: what is loaded, what it weighs, how fast it is ready",
}
NAMED = {
    "tenancy": ("scope_switch", "claim_p95"),
    "onboarding": (
        "api_p95",
        "brands_per_s",
        "vs_stock_create",
        "refill_vs_psql",
        "fleet_ms_per_schema",
        "fleet_vs_stock",
        "host_lookup_sql",
        "wizard_browser_s",
    ),
    "live": (
        "message_vs_parts_p50",
        "message_vs_echo_p50",
        "message_p95_50s",
        "sql_per_message",
        "idle_socket_kb",
    ),
    "routing": (
        "offer_p50",
        "offer_p95",
        "takeover_s",
        "sustained_100s_p95",
        "floor_vs_raw_loop",
        "match_pairs_per_cpu_s",
        "burst_vs_batch",
        "burst_vs_skip_locked",
        "router_mb",
        "cost_vs_optimum",
        "cost_vs_fifo",
        "erlang_c",
        "virtual_day_s",
    ),
    "reporting": (
        "month_vs_raw_sql",
        "month_exact_vs_sql",
        "percentile_error",
        "rebuild_vs_sql",
        "resum_vs_sql",
        "rollup_cpu_share",
        "rollup_lag_s",
        "board_300_p95",
        "pdf_s",
        "export_mb_slope",
    ),
    "accounts": ("revoke_socket_s",),
    "footprint": ("loader_kb", "panel_kb", "desk_kb", "stack_pss_mb", "ready_first_s", "ready_second_s"),
}
METHOD = """\
`bin/bench [GROUP ...] --json FILE` measures on this machine, over loopback, with the whole stack as
`bin/up` runs it, its history planted, and the load generator on the same CPUs. With all groups it writes
this page.

- **Interleaved.** Where a row has a floor, value and floor were taken in turns of short blocks (A B, B A,
  ...) in one run. The ratio is the median of the blocks' ratios with a 95 % bootstrap interval (a p95: the
  ratio of both quantiles over all samples, whole blocks drawn for the interval). Wall times here swing with
  the neighbours; ratios, CPU time and statement counts do not.
- **A/A.** Each group that interleaves compares its floor with itself. When that interval leaves 0.9 to 1.1
  the group's wall times and ratios are void: run again when the machine is quiet.
- **Floors.** `bench/floors.py`: an ASGI application served by daphne beside the stack, on the same
  PostgreSQL (same durability) and Valkey, without Django. *echo*: a websocket frame sent back. *parts*:
  echo, two executor hops, PUBLISH, and the statements of a message as prepared raw SQL in one transaction.
  These are recorded from the verbs in the same run (`bench/record.py`) and replayed in a brand's schema of
  their own, so both sides always send the same SQL to the same tables. *INSERT+NOTIFY*: echo, one row, and
  NOTIFY until a listener hears it.
- **Reporting** is about a client of BENCH_CONTACTS contacts a month, a million unless said otherwise.
- **Open loop.** At 50 messages a second the schedule is fixed and the time counts from the intended
  instant, so that stalls count. Afterwards each message is looked up: stored once, on its own agent's
  screen and no other.
- **Statements** are counted from the server's log; what the idle stack says by itself in as much time is
  subtracted.
"""


@dataclass(frozen=True)
class Conditions:
    """Under which a run took place. `pressure` is in percent, see machine.pressure; `stolen` in seconds."""

    began: datetime
    seconds: float
    pressure: Sequence[float]
    stolen: float
    postgres: str

    @property
    def is_noisy(self) -> bool:
        return max(self.pressure, default=0) > machine.NOISY


def write_json(rows: Sequence[Row], path: Path) -> None:
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")


def write_page(rows: Sequence[Row], conditions: Conditions) -> None:
    """Rewrite docs/benchmarks.md."""
    PAGE.write_text(page(rows, conditions))


def page(rows: Sequence[Row], conditions: Conditions) -> str:
    """Return the page: where and when, one table a group, the method."""
    parts = ["# Benchmarks\n", "Written by `bin/bench`; not edited by hand.\n", _where(conditions)]
    for group, title in TITLES.items():
        found = [row for row in rows if row["group"] == group]
        if found:
            parts += [f"\n## {title}\n", _table(found)]
    if absent := missing(rows, list(NAMED)):
        parts.append(f"\nNot taken: {', '.join(absent)}.")
    return "\n".join([*parts, "\n## How it is measured\n", METHOD])


def lines(rows: Sequence[Row]) -> str:
    """Return the rows as text for a terminal."""
    return "\n".join(
        f"{_holds(row):>4}  {row['group']}/{row['name']:<22} {_number(row['value'])} {row['unit']:<11}"
        f"{_floor(row):<34} {row['target']}\n      {row['detail']}"
        for row in rows
    )


def missing(rows: Sequence[Row], groups: Sequence[str]) -> list[str]:
    """Return the rows that these groups should have and do not."""
    have = {(row["group"], row["name"]) for row in rows}
    return [f"{group}/{name}" for group in groups for name in NAMED[group] if (group, name) not in have]


def _where(conditions: Conditions) -> str:
    day = conditions.began.astimezone(UTC)
    pressure = ", ".join(f"{value:.0f}" for value in conditions.pressure)
    noise = "**noisy**: others used the CPUs, see the A/A rows" if conditions.is_noisy else "quiet"
    return (
        f"{day:%Y-%m-%d %H:%M} UTC, {conditions.seconds / 60:.1f} minutes; {machine.description()}, "
        f"{conditions.postgres}.\n\n"
        f"CPU pressure before each group (share of 10 s in which something waited for a CPU): {pressure} %; "
        f"{conditions.stolen:.1f} CPU seconds stolen by the hypervisor. The run was {noise}.\n"
    )


def _table(rows: Sequence[Row]) -> str:
    head = ["| row | value | floor | ratio | target | holds | how |", "|---|---:|---:|---:|---|---|---|"]
    body = [
        f"| `{row['name']}` | {_number(row['value'])} {row['unit']} | {_cell(row['floor'], row['unit'])} "
        f"| {_cell(row['ratio'])} | {row['target'] or '-'} | {_holds(row)} | {row['detail']} |"
        for row in rows
    ]
    return "\n".join([*head, *body])


def _floor(row: Row) -> str:
    if row["floor"] is None or row["ratio"] is None:
        return ""
    return f"floor {_number(row['floor'])}, ratio {row['ratio']:g}"


def _cell(value: float | None, unit: str = "") -> str:
    return "-" if value is None else f"{_number(value)} {unit}".rstrip()


def _holds(row: Row) -> str:
    return "-" if row["holds"] is None else "yes" if row["holds"] else "NO"


def _number(value: float) -> str:
    return f"{value:.1f}" if abs(value) >= 100 else f"{value:.3g}"
