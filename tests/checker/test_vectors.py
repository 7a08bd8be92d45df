"""The checker itself: the vectors that the industry publishes, and what a log may do to whoever reads it."""

import ast
import json
import random
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.checker.contacts import contacts_of
from tests.checker.figures import Number, figures, nearest_rank
from tests.checker.lines import bounds, stories

PLAYED = {"agreeing", "lived", "opened", "played"}
"""What plays months by the verbs of the service is not the checker."""
NAMES = (path.stem for path in Path(__file__).parent.glob("*.py"))
MODULES = sorted(name for name in NAMES if name not in PLAYED and not name.startswith("test_"))
DAY = date(2026, 3, 29)
NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
Happening = tuple[float, str, dict[str, Any]]


class Log:
    """Made-up lines; seconds count from noon."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.refs = count(1)

    def add(self, *happenings: Happening, is_test: bool = False) -> None:
        """One interaction: (second, kind, data) each, numbered as they stand; offers are not numbered."""
        mine = f"interaction-{next(self.refs)}"
        for n, (second, kind, data) in enumerate(happenings, start=1):
            self.lines.append(self.line(mine, n, second, kind, data, is_test=is_test))

    def line(
        self, mine: str, n: int, second: float, kind: str, data: dict[str, Any], *, is_test: bool
    ) -> str:
        at = NOON + timedelta(seconds=second)
        numbered = 0 if kind.startswith("offer.") else n
        by = data.pop("by", "agent" if kind == "message.sent" else "system")
        return json.dumps(
            {
                "ref": f"event-{next(self.refs)}", "v": 1, "n": numbered, "kind": kind,
                "occurred_at": at.isoformat(), "recorded_at": at.isoformat(), "interaction_ref": mine,
                "actor_kind": by, "actor_id": None, "is_test": is_test, "data": data,
            }
        )  # fmt: skip

    def numbers(self, zone: str = "UTC") -> dict[str, Number]:
        return counted(self.lines, zone)


def counted(lines: list[str], zone: str = "UTC") -> dict[str, Number]:
    return figures(contacts_of(stories(lines)), *bounds(zone, DAY, DAY))


def queued(second: float = 0, queue: int = 1, target: int = 20, **more: Any) -> Happening:
    return second, "interaction.queued", {"queue_id": queue, "target_seconds": target, **more}


def opened(second: float = 0) -> Happening:
    return second, "interaction.opened", {"contact": 1}


def assigned(second: float) -> Happening:
    return second, "interaction.assigned", {"queue_id": 1, "agent_id": 7, "beside": 1}


def wrapped(second: float, by: str = "agent") -> Happening:
    return second, "interaction.wrapped", {"by": by}


def closed(second: float, *, void: bool = False) -> Happening:
    return second, "interaction.closed", {"reason": "delivery", "outcome": "ok", "not_a_contact": void}


def left(second: float) -> Happening:
    return second, "interaction.abandoned", {"left": True, "queue_id": 1}


@pytest.fixture
def log() -> Log:
    return Log()


def rounded(number: Number) -> float:
    assert number is not None
    return round(float(number) * 100, 2)


def it_gives_the_six_service_levels_of_icmi(log: Log) -> None:
    """1000 answered, 860 of them within 20 s; 60 abandoned: 10 within 5 s, 10 more within 20 s, 40 later."""
    for second, many in ((20, 860), (20.000001, 140)):
        for _ in range(many):
            log.add(opened(), queued(), assigned(second))
    for second, many in ((5, 10), (20, 10), (20.000001, 40)):
        for _ in range(many):
            log.add(opened(), queued(), left(second))
    found = log.numbers()
    names = ("POS", "ANS", "NEG", "IGN", "SHORTCREDIT", "SHORTEXCL")
    levels = [rounded(found[f"SL.{name}@1"]) for name in names]
    assert levels == [83.02, 86.0, 81.13, 82.69, 82.08, 81.9]
    assert found["SL.NEG@1"] == Fraction(860, 1060)
    assert [found[f"{key}@1"] for key in ("OFF", "ABN", "ABN.ADJ")] == [1060, 60, Fraction(50, 1050)]


def it_counts_who_was_promised_a_call_and_written_to_once(log: Log) -> None:
    log.add(
        opened(), queued(target=2000), (30, "callback.promised", {}), assigned(950),
        (955, "message.sent", {}), closed(1000),
    )  # fmt: skip
    found = log.numbers()
    assert [found[key] for key in ("FO@1", "ANS.REPLY@1", "SL.FLOW.REPLY@2")] == [1, 1, 1]


def it_gives_the_three_of_cisco(log: Log) -> None:
    for _ in range(70):
        log.add(opened(), queued(), assigned(3))
    for _ in range(10):
        log.add(opened(), queued(), left(8))
    for second in (30, 31):
        for _ in range(10):
            log.add(opened(), queued(), left(second) if second == 30 else assigned(second))
    found = log.numbers()
    names = ("IGN", "NEG", "POS")
    assert [round(rounded(found[f"SL.{name}@1"]), 1) for name in names] == [77.8, 70.0, 80.0]


def it_says_nothing_where_there_is_nothing_to_divide_by(log: Log) -> None:
    found = log.numbers()
    assert [found[f"{key}@1"] for key in ("OFF", "SL.NEG", "ASA.QUEUE", "ASA.P90")] == [0, None, None, None]


def it_counts_the_same_from_lines_in_any_order_and_twice(log: Log) -> None:
    log.add(
        opened(),
        queued(),
        (1, "offer.made", {}),
        (2, "offer.declined", {}),
        assigned(9),
        wrapped(60),
        closed(75),
    )
    log.add(opened(), queued(), left(40), is_test=True)
    log.add(opened(), queued(), assigned(4), wrapped(5), closed(6, void=True))
    expected, lines = log.numbers(), log.lines * 2
    assert [expected[f"{key}@1"] for key in ("OFF", "AHT.ELAPSED", "RONA")] == [1, 66, 1]
    random.Random(1).shuffle(lines)
    assert counted(lines) == expected


def it_counts_a_contact_moved_to_another_queue_there_too(log: Log) -> None:
    moved = {"kind": "reassign", "from": {"queue_id": 1}, "to": {"queue_id": 2, "agent_id": None}}
    log.add(
        opened(), queued(), (10, "interaction.transferred", moved),
        queued(10, 2, again=True, reason="reassign"), assigned(25),
    )  # fmt: skip
    found = log.numbers()
    assert [found[f"{key}@1"] for key in ("OFF", "FO", "ANS.ACCEPT", "ASA.QUEUE", "TRF")] == [
        2,
        1,
        1,
        15,
        None,
    ]
    assert [found[f"SL.{name}@1"] for name in ("NEG", "FLOW")] == [1, Fraction(1, 2)]


def it_counts_an_offer_with_the_queue_it_names_when_it_moves_on_at_once(log: Log) -> None:
    moved = {"kind": "blind", "from": {"queue_id": 1}, "to": {"queue_id": 2, "agent_id": None}}
    log.add(
        opened(), queued(), (25, "offer.accepted", {"queue_id": 1}), assigned(25),
        (25, "interaction.transferred", moved), queued(25, 2, again=True, reason="blind"), left(40),
    )  # fmt: skip
    assert [contact.offers for contact in contacts_of(stories(log.lines))] == [["accepted"], []]


def it_takes_nobody_for_new_who_was_there_before_the_first_line(log: Log) -> None:
    log.add((5, "interaction.reopened", {}), queued(5, again=True, reason="reopened"), assigned(9))
    assert log.numbers()["OFF@1"] == 0


def it_knows_what_was_found_to_be_no_contact_later(log: Log) -> None:
    corrected = {"reason": ["delivery", "delivery"], "outcome": ["ok", "spam"], "not_a_contact": True}
    log.add(opened(), queued(), assigned(4), wrapped(5), closed(6), (90, "interaction.corrected", corrected))
    assert log.numbers()["OFF@1"] == 0


def it_asks_for_the_first_reply_anew_after_a_reopening(log: Log) -> None:
    log.add(
        opened(), (0, "message.received", {}), queued(), assigned(4), (10, "message.sent", {}),
        (20, "message.received", {}), (25, "message.received", {}), (30, "message.sent", {}), wrapped(40),
        closed(50),
        (3600, "interaction.reopened", {}), queued(3600, again=True, reason="reopened"),
        (3600, "message.received", {}), assigned(3610), (3620, "message.sent", {}), wrapped(3630),
        closed(3640),
    )  # fmt: skip
    found = log.numbers()
    assert [found[f"{key}@1"] for key in ("FRT.CUSTOMER", "NRT", "REOPEN.1D", "OFF")] == [15, 10, 1, 1]
    assert [found[f"{key}@1"] for key in ("RES.FIRST", "RES.TOTAL", "AHT.ELAPSED", "ASA.ALLWAIT")] == [
        50,
        90,
        76,
        14,
    ]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Stockholm", date(2026, 3, 29), 23), ("Europe/Stockholm", date(2026, 10, 25), 25),
        ("Australia/Adelaide", date(2026, 4, 5), 25), ("Australia/Adelaide", date(2026, 10, 4), 23),
    ],
)  # fmt: skip
def it_knows_how_long_a_day_is(zone: str, day: date, hours: int) -> None:
    start, end = bounds(zone, day, day)
    assert end - start == hours * 3600 * 10**6


@pytest.mark.parametrize(("percent", "expected"), [(50, 2), (75, 3), (76, 4), (90, 4), (1, 1)])
def it_takes_the_nearest_rank(percent: int, expected: int) -> None:
    assert nearest_rank([4_000_000, 1_000_000, 3_000_000, 2_000_000], percent) == expected


def it_runs_by_itself(log: Log, tmp_path: Path) -> None:
    """Nothing but Python and this folder is wanted."""
    log.add(opened(), queued(), assigned(20))
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(log.lines))
    days = ("--zone", "UTC", "--from", f"{DAY}", "--to", f"{DAY}")
    run = [sys.executable, "-S", "-m", "tests.checker", str(path), *days]
    said = subprocess.run(run, capture_output=True, text=True, check=True)
    assert "SL.NEG@1\t1\t1.000000" in said.stdout.splitlines()
    assert "ATA@1\t–" in said.stdout.splitlines()


@pytest.mark.parametrize("module", MODULES)
def it_imports_nothing_of_the_product(module: str) -> None:
    tree = ast.parse((Path(__file__).parent / f"{module}.py").read_text())
    rooms = {
        name.split(".")[0] if not name.startswith("tests.checker.") else "own"
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [n.name for n in node.names]
        )
    }
    assert rooms <= sys.stdlib_module_names | {"own"}
