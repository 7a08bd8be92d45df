"""The doctor's register: every question is asked, none hides another."""

from typing import Any

import pytest

from config.doctor import registry
from config.doctor.registry import Ill, Skip, answers, question


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
