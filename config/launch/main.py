"""The start, step by step; then the supervisor's loop; then the orderly end."""

import argparse
import contextlib
import errno
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from config.launch import environment, fingerprint, housekeeping, layout, ports, privileges, process, programs
from config.launch.errors import CannotRun, Stopped
from config.launch.layout import PROJECT, Layout
from config.launch.lock import held
from config.launch.plan import Plan
from config.launch.plan import load as load_plan
from config.launch.postgres import Postgres, explain, tail
from config.launch.privileges import Account
from config.launch.progress import Steps, complain, dots, say
from config.launch.stop import Stop
from config.launch.supervisor import Supervisor
from config.launch.valkey import Valkey

READY_SECONDS = 120
SOCKETS_SECONDS = 15


@dataclass(frozen=True)
class Options:
    port: int
    var: Path
    bind: str
    seed: bool | None

    @property
    def demo(self) -> bool:
        return environment.wants_demo(self.seed)


def main(argv: list[str]) -> int:
    """Run everything until asked to stop; returns the exit code."""
    stop = Stop()
    stop.listen()
    try:
        _up(options_of(argv), stop)
    except Stopped:
        say("Stopped.")
        return 0
    except CannotRun as error:
        complain(str(error))
        return error.code
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        complain("The disk is full. Make room, then run again: what was committed is kept.")
        return 1
    return 0


def options_of(argv: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog="up", description="Run Trunkline on this machine.")
    parser.add_argument(
        "--port", type=int, default=_default_port(), help="pages; live sockets get the next one"
    )
    parser.add_argument(
        "--var", type=Path, default=_default_var(), help="where data, logs and sockets are kept"
    )
    parser.add_argument(
        "--bind", default="127.0.0.1", help="the address to listen on (default: this machine only)"
    )
    parser.add_argument(
        "--seed",
        action=argparse.BooleanOptionalAction,
        help="plant the demo world (default: only into the embedded database)",
    )
    return Options(**vars(parser.parse_args(argv)))


def _default_port() -> int:
    text = os.environ.get("PORT", "8000")
    if not text.isdigit():
        raise CannotRun(f"PORT is {text!r}, expected a number such as 8000.", code=2)
    return int(text)


def _default_var() -> Path:
    return Path(os.environ.get("TRUNKLINE_VAR") or PROJECT / "var")


def _up(options: Options, stop: Stop) -> None:
    began = time.monotonic()
    steps = Steps(6)
    account = privileges.service_account(options.var)
    with held(options.var), contextlib.ExitStack() as ends:
        with steps.step("Checking this machine"):
            python = _python_account(account)
            place = _check_machine(options, account, python)
            values = _write_environment(place, options, python)
        stop.check()
        env = environment.for_child(place, values)
        supervisor = Supervisor(place, env=env, account=python, stop=stop)
        ends.callback(_forget, place)
        fresh = _start_servers(supervisor, steps, ends, account)
        plan = load_plan(values, bind=options.bind, seed=options.demo)
        _prepare(supervisor, plan, steps, fresh=fresh)
        ends.callback(_farewell, supervisor)
        _start_children(supervisor, plan, steps, options)
        _announce(place, options, seconds=time.monotonic() - began)
        _start_once(supervisor, plan)
        _watch(supervisor, place)


def _check_machine(options: Options, servers: Account | None, python: Account | None) -> Layout:
    for name in process.sweep(layout.at(options.var).pids, mark=f"TRUNKLINE_VAR={options.var.resolve()}"):
        say(f"\n      ended {name}, left over from an earlier start", end=" ")
    ports.require_free(options.bind, options.port, options.port + 1)
    place = layout.make(options.var, servers, python)
    free = housekeeping.free_bytes(place.data)
    if free < housekeeping.LEAST_BYTES:
        raise CannotRun(f"Only {free // 1_000_000} MB are free for {place.data}. Make room, then run again.")
    place.up.write_text(json.dumps({"pid": os.getpid(), "port": options.port}))
    return place


def _write_environment(place: Layout, options: Options, account: Account | None) -> dict[str, str]:
    base_host = os.environ.get("BASE_HOST", "localhost")
    values = environment.compose(place, port=options.port, base_host=base_host, demo=options.demo)
    environment.write(place.env, values, account)
    return values


def _python_account(account: Account | None) -> Account | None:
    """Return who runs web, worker and the others: the service account when it can read all it needs."""
    if account is None:
        return None
    probe = [sys.executable, "-c", "import django, config.env"]
    if privileges.succeeds(account, probe, cwd=str(PROJECT)):
        return account
    say(
        f"\n      {account.name} cannot read {sys.executable} or {PROJECT}: web and worker run as root",
        end=" ",
    )
    return None


def _start_servers(
    supervisor: Supervisor, steps: Steps, ends: contextlib.ExitStack, account: Account | None
) -> bool:
    """Start the servers that the environment does not name; True when the database is new."""
    place, fresh = supervisor.layout, False
    embedded = environment.embeds_postgres() or environment.embeds_valkey()
    binaries = programs.for_account(programs.locate(), account, place.data) if embedded else None
    with steps.step("Starting PostgreSQL" if environment.embeds_postgres() else "PostgreSQL: DATABASE_URL"):
        if binaries and environment.embeds_postgres():
            supervisor.postgres = Postgres(place, binaries.postgres, account)
            fresh = supervisor.postgres.initialise()
            ends.callback(supervisor.postgres.stop)
            supervisor.postgres.start()
            supervisor.keep_record()
    supervisor.stop.check()
    with steps.step("Starting Valkey" if environment.embeds_valkey() else "Valkey: REDIS_URL"):
        if binaries and environment.embeds_valkey():
            supervisor.valkey = Valkey(place, binaries.valkey, account)
            ends.callback(supervisor.valkey.stop)
            supervisor.valkey.start()
            supervisor.keep_record()
    supervisor.stop.check()
    return fresh


def _prepare(supervisor: Supervisor, plan: Plan, steps: Steps, *, fresh: bool) -> None:
    """Run `prepare` for what changed since it last succeeded; a database not ours is always looked at."""
    place = supervisor.layout
    done = {} if fresh else fingerprint.read(place.prepared)
    done = fingerprint.without_other_world(done, plan.world)
    now = {"database": fingerprint.database(), "static": fingerprint.static()}
    stale = [part for part, value in now.items() if done.get(part) != value]
    if supervisor.postgres is None and "database" not in stale:
        stale.append("database")
    if not stale or not plan.prepare:
        with steps.step("Database and static files are up to date"):
            return
    with steps.step("Preparing the database and the static files", lines=True):
        _run_prepare(supervisor, [*plan.prepare, *(f"--{part}" for part in stale)])
    world = {"world": fingerprint.world(plan.world)} if plan.world else {}
    fingerprint.write(place.prepared, {**done, **now, **world})


def _run_prepare(supervisor: Supervisor, argv: list[str]) -> None:
    secret = {"BOOTSTRAP_DATABASE_URL": supervisor.postgres.url()} if supervisor.postgres else {}
    account = supervisor.account
    running = subprocess.Popen(
        argv,
        cwd=PROJECT,
        env={**supervisor.env, **secret},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=process.die_with_parent(),
        **(account.popen() if account else {}),
    )
    try:
        while running.poll() is None:
            supervisor.tick()
    except BaseException:
        running.kill()
        running.wait()
        raise
    if running.returncode:
        raise CannotRun(f"Preparing failed ({argv[-1]}); what it said is above. Nothing was started.")


def _start_children(supervisor: Supervisor, plan: Plan, steps: Steps, options: Options) -> None:
    """Start the pages first; once they answer, the rest."""
    first, rest = plan.children[:1], [child for child in plan.children[1:] if not child.once]
    with steps.step("Starting the pages"):
        for child in first:
            supervisor.add(child)
        _wait_for_page(supervisor, plan, options)
    with steps.step("Starting " + ", ".join(child.name for child in rest)):
        for child in rest:
            supervisor.add(child)
        _wait_for_sockets(supervisor, options)


def _start_once(supervisor: Supervisor, plan: Plan) -> None:
    """Start what runs only once and has not run to its end yet."""
    done = fingerprint.read(supervisor.layout.prepared).get("once", [])
    for child in plan.children:
        if child.once and child.name not in done:
            supervisor.add(child)


def _wait_for_page(supervisor: Supervisor, plan: Plan, options: Options) -> None:
    host = os.environ.get("BASE_HOST", "localhost")
    end = time.monotonic() + READY_SECONDS
    web = supervisor.runs[0]
    while not ports.answers(options.bind, options.port, host=host, path=plan.ready):
        supervisor.tick(0.1)
        if time.monotonic() > end or web.delay > 1:
            raise CannotRun(explain(tail(web.log), "The pages do not answer. The end of web.log"))


def _wait_for_sockets(supervisor: Supervisor, options: Options) -> None:
    """Wait for the live server; should it not come, the supervisor says why, and pages work without it."""
    end = time.monotonic() + SOCKETS_SECONDS
    while not ports.listens(options.bind, options.port + 1) and time.monotonic() < end:
        supervisor.tick(0.1)


def _announce(place: Layout, options: Options, *, seconds: float) -> None:
    host = os.environ.get("BASE_HOST", "localhost")
    say(f"\nReady after {seconds:.1f} s: http://{host}:{options.port}/   (Ctrl-C stops everything)")
    entries = _signins(place) if options.demo else []
    for line in _table(entries, host=host, port=options.port):
        say(f"  {line}")
    data = "" if place.data == place.var else f", data in {place.data}, which the servers' account can reach"
    say(f"Logs are in {place.log}{data}\n")


def _signins(place: Layout) -> list[dict[str, str]]:
    try:
        entries = json.loads(place.signins.read_text())
    except (OSError, ValueError):
        return []
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _table(entries: list[dict[str, str]], *, host: str, port: int) -> list[str]:
    """Lay out where to sign in, as whom, with what."""
    rows = [
        (entry.get("what", ""), f"http://{entry.get('host', host)}:{port}/", entry.get("email", ""))
        for entry in entries
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    texts = ["  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)) for row in rows]
    return [f"{text}  {entry.get('password', '')}" for text, entry in zip(texts, entries, strict=True)]


def _watch(supervisor: Supervisor, place: Layout) -> None:
    known = 0
    while True:
        supervisor.tick()
        if len(supervisor.finished) > known:
            known = len(supervisor.finished)
            done = fingerprint.read(place.prepared)
            fingerprint.write(
                place.prepared, {**done, "once": sorted({*done.get("once", []), *supervisor.finished})}
            )


def _farewell(supervisor: Supervisor) -> None:
    say(f"\nStopping {dots()}")
    supervisor.end()


def _forget(place: Layout) -> None:
    for path in (place.pids, place.up):
        path.unlink(missing_ok=True)
