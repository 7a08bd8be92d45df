"""The doctor finds nothing wrong with a stack that runs."""

import pytest

from tests.stack import RunningStack

pytestmark = pytest.mark.kill


def it_finds_nothing_wrong(stack: RunningStack) -> None:
    stack.manage("refill_pool", "--size", "1")  # the worker's first turn may be a minute off
    assert "WRONG" not in stack.manage("doctor")
