"""What STACK.md section 9 promises of `up`, with real servers and stand-in children."""

import contextlib
import os
import shutil
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from config.launch import environment, fingerprint, layout
from tests.launch.rig import STAND_IN, Up, free_ports, listens, wait

pytestmark = pytest.mark.kill
Start = Callable[..., Up]


def it_says_where_it_runs_and_stops_without_a_trace(start: Start) -> None:
    up = start().ready()
    assert f"http://localhost:{up.port}/" in up.said
    assert listens(up.port + 1)
    os.kill(up.process.pid, signal.SIGINT)
    assert up.ended() == 0
    assert up.alive() == []
    assert not layout.at(up.var).pids.exists()
    assert not listens(up.port)


def it_stops_the_same_way_when_the_system_asks(start: Start) -> None:
    up = start().ready()
    os.kill(up.process.pid, signal.SIGTERM)
    assert up.ended() == 0
    assert up.alive() == []


def it_refuses_a_second_one_and_names_the_first(start: Start) -> None:
    first = start().ready()
    second = start()
    assert second.ended() == 3
    assert f"already running: pid {first.process.pid} port {first.port}" in second.said
    assert first.process.poll() is None


@pytest.mark.parametrize("offset", [0, 1])
def it_names_a_taken_port_before_anything_starts(start: Start, offset: int) -> None:
    port = free_ports()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + offset))
        other.listen()
        up = start(port=port)
        assert up.ended() == 4
    assert f"Port {port + offset} is taken" in up.said
    assert not (up.var / "postgres").exists()


def it_keeps_data_and_secrets_at_the_next_start(start: Start) -> None:
    up = start().ready()
    secret = environment.read(layout.at(up.var).env)["SECRET_KEY"]
    made = (up.var / "postgres" / "data" / "PG_VERSION").stat().st_mtime_ns
    up.kill()
    again = start().ready()
    assert environment.read(layout.at(again.var).env)["SECRET_KEY"] == secret
    assert (again.var / "postgres" / "data" / "PG_VERSION").stat().st_mtime_ns == made


def it_keeps_what_is_secret_to_itself(start: Start) -> None:
    up = start().ready()
    place = layout.at(up.var)
    assert place.env.stat().st_mode & 0o077 == 0
    for folder in (place.run, place.log, place.state, place.sockets, up.var / "postgres" / "data"):
        assert folder.stat().st_mode & 0o077 == 0
    assert environment.read(place.env)["LOGIN_PASSWORD"] not in up.said


def it_never_runs_the_servers_as_root(start: Start) -> None:
    pids = start().ready().pids()
    for name in ("postgres", "valkey"):
        assert os.stat(f"/proc/{pids[name]}").st_uid != 0


@pytest.mark.parametrize("name", ["web", "live", "worker", "valkey"])
def it_brings_back_a_killed_child(start: Start, name: str) -> None:
    up = start().ready()
    before = up.pids()[name]
    os.kill(before, signal.SIGKILL)
    assert wait(lambda: up.pids().get(name, before) != before), up.said
    assert wait(lambda: listens(up.port) and listens(up.port + 1))


def it_leaves_no_grandchild_of_a_killed_child(start: Start) -> None:
    up = start().ready()
    before = up.pids()["worker"]
    os.kill(before, signal.SIGKILL)
    assert wait(lambda: up.pids().get("worker", before) != before)
    assert wait(lambda: len(sleepers(up)) == 2)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["killed", "shut down"])
def it_brings_postgresql_back(start: Start, number: signal.Signals) -> None:
    """SIGINT is its fast shutdown."""
    up = start().ready()
    before = up.pids()["postgres"]
    os.kill(before, number)
    assert wait(lambda: takes_connections(up, not_before=before)), up.said
    assert "PostgreSQL ended" in up.said
    assert up.process.poll() is None


def it_stops_with_a_word_when_postgresql_does_not_stay_up(start: Start) -> None:
    up = start().ready()
    control = up.var / "postgres" / "data" / "global" / "pg_control"
    control.rename(control.with_name("pg_control.kept"))
    os.kill(up.pids()["postgres"], signal.SIGKILL)
    assert up.ended() == 5
    assert "PostgreSQL does not stay up" in up.said
    assert up.alive() == []
    control.with_name("pg_control.kept").rename(control)
    start().ready()


def it_leaves_nothing_when_it_is_killed_itself(start: Start) -> None:
    plain = [child for child in STAND_IN["children"] if child["name"] != "worker"]
    up = start(plan={**STAND_IN, "children": plain}).ready()
    up.process.kill()
    up.process.wait()
    assert wait(lambda: up.alive() == []), up.alive()
    start().ready()


def it_sweeps_what_outlived_it(start: Start) -> None:
    """The grandchild of a shell is bound to no supervisor: the next start ends it by its group."""
    up = start().ready()
    group = up.pids()["worker"]
    up.process.kill()
    up.process.wait()
    again = start().ready()
    assert group not in again.pids().values()
    assert wait(lambda: len(sleepers(again)) == 2)


def it_prepares_only_what_changed(start: Start) -> None:
    plan = {**STAND_IN, "prepare": ["sh", "-c", 'echo "preparing $@"', "sh"]}
    up = start(plan=plan).ready()
    assert "preparing --database --static" in up.said
    up.kill()
    up = start(plan=plan).ready()
    assert "preparing" not in up.said
    up.kill()
    prepared = layout.at(up.var).prepared
    fingerprint.write(prepared, {**fingerprint.read(prepared), "static": "other"})
    assert "preparing --static\n" in start(plan=plan).ready().said


def it_plants_the_world_that_an_earlier_start_left_out(start: Start) -> None:
    once = {"name": "history", "argv": ["sh", "-c", "echo planted"], "once": True, "shown": True}
    prepare = ["sh", "-c", 'echo "preparing $@"', "sh"]
    plan = {"world": "bpo", "prepare": prepare, "children": [*STAND_IN["children"], once]}
    up = start(plan=plan, words=["--no-seed"]).ready()
    assert wait(lambda: "history" in fingerprint.read(layout.at(up.var).prepared).get("once", []))
    up.kill()
    up = start(plan=plan).ready()
    assert "preparing --database\n" in up.said
    assert wait(lambda: "history: planted" in up.said), "what ran once found nobody to run for"
    assert wait(lambda: "history" in fingerprint.read(layout.at(up.var).prepared).get("once", []))
    up.kill()
    up = start(plan=plan).ready()
    assert "preparing" not in up.said
    assert "history: planted" not in up.said


def it_starts_nothing_when_preparing_fails(start: Start) -> None:
    up = start(plan={**STAND_IN, "prepare": ["sh", "-c", "echo no such table; exit 1", "sh"]})
    assert up.ended() == 1
    assert "no such table" in up.said
    assert "Nothing was started" in up.said
    assert up.alive() == []


def it_runs_a_task_once_and_gives_up_on_one_that_keeps_failing(start: Start) -> None:
    once = [
        {"name": "good", "argv": ["sh", "-c", "echo planted"], "once": True, "shown": True},
        {"name": "bad", "argv": ["sh", "-c", "exit 1"], "once": True},
    ]
    plan = {**STAND_IN, "children": [*STAND_IN["children"], *once]}
    up = start(plan=plan).ready()
    assert wait(lambda: "bad failed 4 times" in up.said)
    assert up.said.count("good: planted") == 1
    up.kill()
    again = start(plan=plan).ready()
    assert wait(lambda: "bad failed 4 times" in again.said)
    assert "good: planted" not in again.said


def it_ends_when_asked_in_the_middle_of_the_start(start: Start) -> None:
    up = start()
    assert wait(lambda: "Starting PostgreSQL" in up.said)
    os.kill(up.process.pid, signal.SIGINT)
    assert up.ended() == 0
    assert up.alive() == []


def it_says_what_went_wrong_when_the_pages_never_answer(start: Start) -> None:
    broken = {"name": "web", "argv": ["sh", "-c", "echo no such module; exit 1"]}
    up = start(plan={"prepare": [], "children": [broken]})
    assert up.ended() == 1
    assert "no such module" in up.said
    assert up.alive() == []


def it_uses_the_servers_that_the_environment_names(start: Start) -> None:
    other = start("other").ready()
    written = environment.read(layout.at(other.var).env)
    extra = {name: written[name] for name in ("DATABASE_URL", "REDIS_URL")}
    up = start("own", extra=extra).ready()
    assert set(up.pids()) == {"web", "live", "worker"}
    assert "DATABASE_URL" not in environment.read(layout.at(up.var).env)
    up.kill()
    assert listens(other.port)


@pytest.mark.skipif(os.getuid() != 0, reason="only root changes accounts")
def it_runs_below_a_directory_that_only_root_may_enter(start: Start, open_path: Path) -> None:
    closed = open_path / "closed"
    closed.mkdir(mode=0o700)
    up = start("closed/var").ready()
    data = Path(environment.read(layout.at(up.var).env)["TRUNKLINE_DATA"])
    try:
        assert data.parent == Path("/var/lib")
        assert closed.stat().st_mode & 0o777 == 0o700
        assert os.stat(f"/proc/{up.pids()['postgres']}").st_uid != 0
        up.kill()
        assert up.alive() == []
    finally:
        shutil.rmtree(data)


def takes_connections(up: Up, *, not_before: int) -> bool:
    """Tell by its own word whether another PostgreSQL than that one is ready."""
    with contextlib.suppress(OSError):
        said = (up.var / "postgres" / "data" / "postmaster.pid").read_text().splitlines()
        return said[0] != str(not_before) and said[7:8] == ["ready   "]
    return False


def sleepers(up: Up) -> list[int]:
    """The stand-in worker's shell and its child, without the sleeps of other tests."""
    return [pid for pid in up.alive() if name_of(pid) == "sleep"]


def name_of(pid: int) -> str:
    """Return the program's name, nothing for a process that has just ended."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""
