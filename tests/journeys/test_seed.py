"""The demo world as it was planted: a week worth looking at, once."""

import pytest

from tests.journeys.census import Census, census
from tests.stack import RunningStack

pytestmark = pytest.mark.kill


@pytest.fixture(scope="module")
def found(stack: RunningStack) -> Census:
    return census(stack)


@pytest.mark.parametrize("slug", ["northwind", "lumen"])
def it_is_a_week_in_which_everything_happened(found: Census, slug: str) -> None:
    brand = found["brands"][slug]
    assert brand["conversations"] >= 150
    assert brand["abandoned"] > 0
    assert brand["expired"] > 0
    assert (brand["reopened"], brand["tests"]) == (1, 2)


def it_has_eight_agents_of_whom_three_work_for_both(found: Census) -> None:
    assert found["agents"] == {"1": 5, "2": 3}


def it_has_one_whose_certification_lapsed(found: Census) -> None:
    assert found["lapsed"] == ["omar@harbour.example"]


def it_is_planted_once(stack: RunningStack, found: Census) -> None:
    stack.manage("seed")
    assert census(stack) == found
