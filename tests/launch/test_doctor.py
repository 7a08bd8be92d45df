"""The doctor: every question is asked, none hides another, and what is wrong comes with how to mend it."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from config.doctor import registry
from config.doctor.registry import Ill, Skip, answers, question
from config.launch.layout import PROJECT
from tests.launch.rig import free_ports
from tests.stack import stack_environment


@pytest.fixture(autouse=True)
def _own_register(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_questions", [])


def ask() -> list[tuple[str, str]]:
    return [(answer.name, answer.state) for answer in answers()]


def raising(error: Exception) -> Any:
    def ask_it() -> str:
        raise error

    return ask_it


def it_tells_what_is_wrong_and_how_to_mend_it() -> None:
    question("disk")(raising(Ill("full", mend="make room")))
    (answer,) = answers()
    assert (answer.state, answer.text, answer.mend) == ("WRONG", "full", "make room")


def it_goes_on_after_a_question_that_breaks() -> None:
    question("broken")(raising(ZeroDivisionError("no")))
    question("fine")(lambda: "yes")
    assert ask() == [("broken", "WRONG"), ("fine", "ok")]


def it_skips_what_cannot_be_asked() -> None:
    question("server")(raising(Ill("gone", mend="start it")))
    question("tables", needs="server")(lambda: "never asked")
    question("browser")(raising(Skip("none")))
    assert ask() == [("server", "WRONG"), ("tables", "skipped"), ("browser", "skipped")]


NOBODY = {"DATABASE_URL": "postgresql://me@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}


def consult(var: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run `manage.py doctor` as a person does."""
    return subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        cwd=PROJECT,
        env=stack_environment(var, free_ports()) | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def wrong(said: str) -> dict[str, str]:
    """Return what is wrong, and the line after it."""
    pairs = pairwise(said.splitlines())
    return {line.split()[1]: following.strip() for line, following in pairs if line.startswith("WRONG")}


class DescribeAnInstallation:
    def it_says_how_to_mend_what_does_not_run(self, tmp_path: Path) -> None:
        done = consult(tmp_path / "none", **NOBODY)
        assert done.returncode == 1
        found = wrong(done.stdout)
        assert all("bin/up" in found[name] for name in ("postgresql", "valkey"))
        assert all(line.startswith("mend: ") for line in found.values())
        assert f"{len(found)} wrong." in done.stdout
        assert "Traceback" not in done.stderr

    def it_finds_secrets_that_others_can_read_and_servers_that_are_gone(self, tmp_path: Path) -> None:
        env = tmp_path / "run" / "env"
        env.parent.mkdir()
        lines = {**NOBODY, "TRUNKLINE_DATA": str(tmp_path)}
        env.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
        env.chmod(0o644)
        found = wrong(consult(tmp_path).stdout)
        assert found["secrets"] == f"mend: chmod 600 {env}"
        assert {"secrets", "postgresql", "valkey"} <= set(found)
