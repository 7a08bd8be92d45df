"""`python -m bench [GROUP ...] [--json FILE]`: measure, print; with all groups rewrite docs/benchmarks.md."""

import argparse
import contextlib
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from bench import footprint, machine, report
from bench.harness import Row, judged
from bench.rig import Rig, connect_django, floors
from tests.stack import RunningStack, free_port

GROUPS = tuple(report.NAMED)
# The idle stack is weighed before it is used.
IN_ORDER = ("footprint", "live", "routing", "accounts", "reporting", "tenancy", "onboarding")


@dataclass
class Run:
    """What is asked for, and what was found so far."""

    groups: Sequence[str]
    var: Path | None
    port: int
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    rows: list[Row] = field(default_factory=list)
    pressure: list[float] = field(default_factory=list)

    def add(self, rows: Sequence[Row]) -> None:
        rows = judged(rows)
        self.rows += rows
        print(report.lines(rows), flush=True)

    def wants(self, group: str) -> bool:
        """Tell whether the group is asked for, and note how busy the machine is before it."""
        if group in self.groups:
            self.pressure.append(machine.pressure())
            print(f"\n{group}  (CPU pressure {self.pressure[-1]:.0f} %)", flush=True)
        return group in self.groups

    def take(self, group: str, rows: Callable[[Rig], Sequence[Row]], rig: Rig) -> None:
        """Take the group's rows if it is asked for; one that breaks off leaves the others theirs."""
        if self.wants(group):
            try:
                self.add(rows(rig))
            except Exception:
                traceback.print_exc()


def main(argv: Sequence[str]) -> int:
    """Run the groups; 0 when every row is there, whether or not each target holds."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"{', '.join(GROUPS)} (default: all)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows as a JSON list")
    parser.add_argument("--var", type=Path, help="keep the stack's data here; kept data is used again")
    parser.add_argument("--port", type=int, default=0, help="pages; sockets and floors take the next two")
    options = parser.parse_args(argv)
    if unknown := set(options.groups) - set(GROUPS):
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    run = Run(options.groups or GROUPS, options.var, options.port or free_port())
    steal, begin = machine.stolen(), time.monotonic()
    postgres = measure(run)
    seconds = time.monotonic() - begin
    conditions = report.Conditions(run.began, seconds, run.pressure, machine.stolen() - steal, postgres)
    rows = sorted(run.rows, key=lambda row: GROUPS.index(row["group"]))
    if options.json:
        report.write_json(rows, options.json)
    if set(run.groups) == set(GROUPS):
        report.write_page(rows, conditions)
    absent = report.missing(rows, run.groups)
    print(f"\n{seconds:.0f} s. " + (f"Missing: {', '.join(absent)}" if absent else "Every row is there."))
    return 1 if absent else 0


def measure(run: Run) -> str:
    """Measure the groups in their order on one stack; returns which PostgreSQL it was."""
    with folder(run.var) as var, started(run, var) as stack:
        connect_django(stack)
        # Only now: these modules import models.
        from bench import accounts, live, onboarding, record, reporting, routing, tenancy

        with record.scratch_brand() as card:
            statements = var.parent / f"{var.name}.statements.json"
            record.message_statements(card).save(statements)
            with floors(stack, run.port + 2, statements) as rig:
                if "footprint" in run.groups:
                    run.add(footprint.load_rows(rig))
                run.take("live", live.rows, rig)
                run.take("routing", routing.rows, rig)
        run.take("accounts", accounts.rows, rig)
        run.take("reporting", reporting.rows, rig)
        run.take("tenancy", tenancy.rows, rig)
        run.take("onboarding", onboarding.rows, rig)
        return version(rig)


@contextlib.contextmanager
def started(run: Run, var: Path) -> Iterator[RunningStack]:
    """Start the stack; for the footprint twice, and weigh it before anything touches it."""
    stack, first = footprint.first_start(var, run.port)
    try:
        if run.wants("footprint"):
            print("waiting for the history, then starting again", flush=True)
            stack, second = footprint.second_start(stack)
            run.add(footprint.ready_rows(first, second))
            run.add([footprint.weight_row(stack)])
        else:
            stack.wait_for_history()
        yield stack
    finally:
        stack.stop()


@contextlib.contextmanager
def folder(named: Path | None) -> Iterator[Path]:
    """Return where the stack keeps its data: an empty folder of our own, unless one is named."""
    if named is not None:
        named.parent.mkdir(parents=True, exist_ok=True)
        yield named.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as path:
        os.chmod(path, 0o755)
        yield Path(path) / "var"


def version(rig: Rig) -> str:
    with psycopg.connect(rig.boss_url) as boss:
        row = boss.execute("SHOW server_version").fetchone()
    return f"PostgreSQL {row[0]}" if row else "PostgreSQL"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
