"""The command that sends customers: what it prints and writes down is what happened."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from config.worlds.cast import AGENTS
from tests.journeys.tables import told
from tests.journeys.test_practice import open_school
from tests.stack import RunningStack

pytestmark = pytest.mark.kill
WORDS = ("customers", "messages sent", "acknowledged", "conversations answered", "ended")
SUMMARY = re.compile("^" + ", ".join(rf"(\d+) {words}" for words in WORDS) + "$", re.M)
SHORTLY = ("--minutes", "0.1", "--rate", "20", "--agents", "1", "--seed", "3")


def it_says_and_records_what_happened(stack: RunningStack, tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    printed = stack.manage("simulate", *SHORTLY, "--record", str(file), timeout=400)
    record: dict[str, list[dict[str, Any]]] = json.loads(file.read_text())
    customers, (agent,) = record["customers"], record["agents"]
    sent = [one for person in customers for one in person["sent"]]
    assert customers
    summary = SUMMARY.search(printed)
    assert summary
    came, said, acked, answered, _ended = map(int, summary.groups())
    assert (came, said, acked) == (len(customers), len(sent), len(sent))
    assert len(re.findall(r"^(northwind|lumen): .", printed, re.M)) == came
    assert 0 < answered <= came
    for person in customers:
        assert person["acked"] == person["sent"]
        shown = Counter(person["shown"])
        assert all(shown[one] == 1 for one in person["sent"])
    assert agent["email"] == AGENTS[0].email
    assert agent["acked"]
    assert set(agent["acked"]) <= set(agent["sent"])
    rows = told(stack, "talks")
    stored = {row["client_id"]: slug for slug, brand in rows.items() for row in brand}
    assert all(stored[one] == person["brand"] for person in customers for one in person["sent"])
    assert set(agent["acked"]) <= set(stored)


def it_practises_in_a_sandbox(stack: RunningStack, tmp_path: Path) -> None:
    open_school(stack, tmp_path)
    printed = stack.manage("simulate", *SHORTLY, "--brand", "school", timeout=400)
    summary = SUMMARY.search(printed)
    assert summary
    came, said, acked, answered, _ended = map(int, summary.groups())
    assert came == len(re.findall(r"^school: .", printed, re.M))
    assert said == acked > came
    assert answered > 0


def it_practises_nowhere_else(stack: RunningStack) -> None:
    with pytest.raises(RuntimeError, match="neither a brand of the demo nor a sandbox"):
        stack.manage("simulate", "--minutes", "0", "--brand", "nobody")
