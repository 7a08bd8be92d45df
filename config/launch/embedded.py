"""The embedded servers alone, for tests and benchmarks: `with servers(var) as env: ...`."""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from config.launch import environment, layout, privileges, process, programs
from config.launch.bootstrap import bootstrap, login_of
from config.launch.lock import held
from config.launch.postgres import Postgres
from config.launch.valkey import Valkey


@contextlib.contextmanager
def servers(var: Path, *, port: int = 8000) -> Iterator[dict[str, str]]:
    """Run PostgreSQL and Valkey below `var`; yields what the environment must say to use them.

    Beside DATABASE_URL, ROUTER_DATABASE_URL, REDIS_URL and the rest of var/run/env there is
    BOOTSTRAP_DATABASE_URL, the superuser's address. Servers named by the environment are left as they are.
    """
    if not (environment.embeds_postgres() or environment.embeds_valkey()):
        yield {}
        return
    with held(var), contextlib.ExitStack() as ends:
        yield _start(var, port, ends)


def _start(var: Path, port: int, ends: contextlib.ExitStack) -> dict[str, str]:
    account = privileges.service_account(var)
    process.sweep(layout.at(var).pids, mark=f"TRUNKLINE_VAR={var.resolve()}")
    place = layout.make(var, account, None)
    values = environment.compose(place, port=port, base_host="localhost", demo=environment.wants_demo(None))
    environment.write(place.env, values, None)
    binaries = programs.for_account(programs.locate(), account, place.data)
    running: list[tuple[str, process.Process]] = []
    if environment.embeds_postgres():
        postgres = Postgres(place, binaries.postgres, account)
        postgres.initialise()
        ends.callback(postgres.stop)
        running.append((postgres.name, postgres.start()))
        values["BOOTSTRAP_DATABASE_URL"] = postgres.url()
        login, router = (login_of(values[name]) for name in ("DATABASE_URL", "ROUTER_DATABASE_URL"))
        bootstrap(postgres.url(), login=login, router=router)
    if environment.embeds_valkey():
        valkey = Valkey(place, binaries.valkey, account)
        ends.callback(valkey.stop)
        running.append((valkey.name, valkey.start()))
    process.write_records(place.pids, [process.record(name, one) for name, one in running])
    return {**values, "TRUNKLINE_VAR": str(place.var)}


def main(argv: list[str]) -> int:
    """Run a command with the servers: `python -m config.launch.embedded --var DIR -- COMMAND ...`."""
    parser = argparse.ArgumentParser(prog="embedded")
    parser.add_argument("--var", type=Path, required=True)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args(argv)
    command = [word for word in options.command if word != "--"]
    with servers(options.var) as env:
        if not command:
            print(
                f"Running. TRUNKLINE_VAR={options.var.resolve()} names them. Ctrl-C stops them.", flush=True
            )
            with contextlib.suppress(KeyboardInterrupt):
                signal.pause()
            return 0
        return subprocess.run(command, env={**os.environ, **env}, check=False).returncode


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.exit(main(sys.argv[1:]))
