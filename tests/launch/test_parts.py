"""The parts of the launcher that need no process."""

import hashlib
import os
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from config import env as typed
from config.launch import environment, fingerprint, housekeeping, layout, main, postgres, process
from config.launch.errors import CannotRun
from config.launch.plan import load as load_plan
from config.launch.postgres import Postgres, explain
from config.launch.supervisor import next_delay

PINS = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)")


class DescribeBackOff:
    def it_doubles_while_a_child_dies_young_up_to_ten_seconds(self) -> None:
        delays, delay = [], 0.0
        for _ in range(7):
            delay = next_delay(delay, lived=1, code=1)
            delays.append(delay)
        assert delays == [0.5, 1, 2, 4, 8, 10, 10]

    def it_begins_anew_after_half_a_minute(self) -> None:
        assert next_delay(8, lived=30, code=1) == 0.5

    def it_does_not_punish_a_steady_child_that_was_killed(self) -> None:
        assert next_delay(8, lived=6, code=-9) == 0.5
        assert next_delay(1, lived=1, code=-9) == 2


class DescribeTheEnvironmentFile:
    def it_is_read_back_as_written_and_by_the_settings(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        environment.write(tmp_path / "env", {"A_NAME": "with=sign", "B_NAME": "x"}, None)
        assert (tmp_path / "env").stat().st_mode & 0o777 == 0o600
        assert environment.read(tmp_path / "env") == {"A_NAME": "with=sign", "B_NAME": "x"}
        monkeypatch.setenv("B_NAME", "mine")
        typed.load(tmp_path / "env")
        assert (os.environ["A_NAME"], os.environ["B_NAME"]) == ("with=sign", "mine")
        monkeypatch.delenv("A_NAME")

    def it_gives_addresses_that_the_settings_understand(self) -> None:
        url = environment.socket_url("trunkline", "p@ss/word", Path("/tmp/a b"))
        read = typed.database(url)
        assert (read["USER"], read["PASSWORD"], read["HOST"]) == ("trunkline", "p@ss/word", "/tmp/a b")

    def it_leaves_out_a_server_that_the_environment_names(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgresql://me@db/real")
        monkeypatch.delenv("REDIS_URL", raising=False)
        values = environment.compose(layout.at(tmp_path), port=8000, base_host="localhost", demo=False)
        assert "DATABASE_URL" not in values
        assert values["REDIS_URL"].startswith("unix://")


class DescribeTheDemoWorld:
    """Its passwords are public: it goes into one's own database only when asked for."""

    @pytest.mark.parametrize("word", [[], ["--seed"], ["--no-seed"]])
    @pytest.mark.parametrize("own", [True, False])
    def it_is_planted_and_shown_unasked_in_the_embedded_database_alone(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: bool, word: list[str]
    ) -> None:
        monkeypatch.delenv("TRUNKLINE_PLAN", raising=False)
        monkeypatch.delenv("DATABASE_URL", raising=False)
        if own:
            monkeypatch.setenv("DATABASE_URL", "postgresql://me@db/real")
        demo = main.options_of(word).demo
        values = environment.compose(layout.at(tmp_path), port=8000, base_host="localhost", demo=demo)
        plan = load_plan(values, bind="127.0.0.1", seed=demo)
        expected = word == ["--seed"] or (not own and not word)
        assert ("DEMO" in values) is expected
        assert ("--seed" in plan.prepare) is expected
        assert ("history" in {child.name for child in plan.children}) is expected


class DescribeTheLayout:
    def it_moves_sockets_to_a_short_place_when_the_path_is_too_long(self, tmp_path: Path) -> None:
        var = tmp_path / ("long" * 30)
        place = layout.make(var, None, None)
        assert len(str(place.sockets) + layout.LONGEST_SOCKET) <= layout.SOCKET_LIMIT
        assert place.sockets.stat().st_mode & 0o077 == 0
        assert layout.make(var, None, None).sockets == place.sockets
        place.sockets.rmdir()

    def it_refuses_a_short_place_that_others_can_enter(self, tmp_path: Path) -> None:
        var = tmp_path / ("long" * 30)
        place = layout.make(var, None, None)
        place.sockets.chmod(0o755)
        with pytest.raises(CannotRun, match="not ours alone"):
            layout.make(var, None, None)
        place.sockets.rmdir()


class DescribePostgres:
    def it_refuses_data_of_another_major_version(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(postgres, "major", lambda programs: "19")
        server = Postgres(layout.make(tmp_path, None, None), tmp_path, None)
        server.data.mkdir()
        (server.data / "PG_VERSION").write_text("18\n")
        with pytest.raises(CannotRun, match="made by PostgreSQL 18, installed is 19"):
            server.initialise()

    def it_has_words_for_a_full_disk(self) -> None:
        assert "the disk is full" in explain("FATAL: could not write: No space left on device", "PostgreSQL")


class DescribeHousekeeping:
    def it_keeps_logs_small_while_their_writers_go_on(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(housekeeping, "LOG_BYTES", 10)
        log = tmp_path / "web.log"
        with process.open_log(log) as writer:
            for turn in range(5):
                os.write(writer, f"a long line {turn}\n".encode())
                housekeeping.rotate(tmp_path)
        assert log.stat().st_size == 0
        assert sorted(path.name for path in tmp_path.iterdir()) == [
            "web.log",
            "web.log.1",
            "web.log.2",
            "web.log.3",
        ]
        assert "line 4" in (tmp_path / "web.log.1").read_text()

    def it_warns_once_before_the_disk_is_full(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(housekeeping, "free_bytes", lambda folder: 50_000_000)
        low = housekeeping.warn_when_low(tmp_path, warned=False)
        housekeeping.warn_when_low(tmp_path, warned=low)
        assert capfd.readouterr().err.count("only 50 MB left") == 1


class DescribeSweep:
    def it_leaves_a_stranger_with_a_recycled_number_alone(self, tmp_path: Path) -> None:
        process.write_records(
            tmp_path / "pids", [process.Record(name="web", pid=os.getpid(), started="long ago")]
        )
        assert process.sweep(tmp_path / "pids", mark="TRUNKLINE_VAR=/nowhere") == []


class DescribeRequirements:
    """`bin/lock` makes the .txt files; these say when it was forgotten, without a network."""

    @pytest.mark.parametrize("name", ["requirements", "requirements-test"])
    def it_was_compiled_from_what_we_chose(self, name: str) -> None:
        source = (layout.PROJECT / f"{name}.in").read_bytes()
        first = (layout.PROJECT / f"{name}.txt").read_text().splitlines()[0]
        assert first == f"# sha256 of {name}.in: {hashlib.sha256(source).hexdigest()}", "run bin/lock"

    @pytest.mark.parametrize("name", ["requirements", "requirements-test"])
    def it_pins_everything_we_chose_to_a_version_we_allow(self, name: str) -> None:
        pins = pinned(name)
        for line in (layout.PROJECT / f"{name}.in").read_text().splitlines():
            if line and not line.startswith(("#", "-")):
                wanted = Requirement(line)
                found = pins[canonical(wanted.name)]
                assert wanted.specifier.contains(found), f"{line}: pinned {found}; run bin/lock"

    @pytest.mark.parametrize("name", ["requirements", "requirements-test"])
    def it_has_a_hash_for_every_line_and_no_address(self, name: str) -> None:
        text = (layout.PROJECT / f"{name}.txt").read_text()
        assert "://" not in text
        blocks = re.split(r"\n(?=[A-Za-z0-9])", text.split("\n", 1)[1])
        assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []

    def it_tests_with_the_versions_that_run(self) -> None:
        tested = pinned("requirements-test")
        assert {name: tested.get(name) for name in pinned("requirements")} == pinned("requirements")


class DescribeFingerprint:
    def it_changes_when_a_migration_does(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "crm" / "migrations").mkdir(parents=True)
        (tmp_path / "config" / "settings").mkdir(parents=True)
        for file in ("requirements.txt", "config/settings/base.py", "crm/migrations/0001_initial.py"):
            (tmp_path / file).write_text("one")
        monkeypatch.setattr(fingerprint, "PROJECT", tmp_path)
        before = fingerprint.database()
        assert fingerprint.database() == before
        (tmp_path / "crm/migrations/0001_initial.py").write_text("two")
        assert fingerprint.database() != before


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(name: str) -> dict[str, Version]:
    lines = (layout.PROJECT / f"{name}.txt").read_text().splitlines()
    found = [match.groups() for match in map(PINS.match, lines) if match]
    return {canonical(package): Version(version) for package, version in found}
