"""Practice customers in the running stack: the worker is killed again and again, and each comes once."""

import time
from pathlib import Path

import pytest

from config.worlds.cast import AGENTS
from tests.journeys.tables import told
from tests.stack import RunningStack

pytestmark = pytest.mark.kill

MOST_KILLS = 6  # a slow machine needs longer to start it again than there is between two
SCHOOL = f"""
key: school
kind: sandbox
blueprint: retail
brand:
  name: School
  slug: school
  timezone: Europe/Stockholm
  locales: [sv]
hours:
  periods:
  - {{from_day: mon, until_day: sun, opens: "00:00", closes: "24:00"}}
people:
  agents: [{AGENTS[0].email}]
"""


def open_school(stack: RunningStack, folder: Path) -> None:
    """Make the sandbox, if it is not there yet."""
    plan = folder / "school.yaml"
    plan.write_text(SCHOOL)
    stack.manage("onboard", str(plan))


def it_brings_each_customer_once_whoever_is_killed(stack: RunningStack, tmp_path: Path) -> None:
    open_school(stack, tmp_path)
    before = told(stack, "practised")
    told(stack, "practise")
    end, kills = time.monotonic() + 300, 0
    while any(n < before[what] + 10 for what, n in told(stack, "practised").items()):
        assert time.monotonic() < end
        if kills < MOST_KILLS:
            stack.kill("worker")
            kills += 1
        time.sleep(8)
    after = told(stack, "practised")
    told(stack, "go_home")
    assert after["talks"] == after["tests"] == before["talks"] + 10
    assert after["opened"] == before["opened"] + 10
