"""Early pytest plugin (`-p tests.servers`): real PostgreSQL and Valkey, before settings are read.

The environment's own DATABASE_URL and REDIS_URL are used when given. Otherwise no disk is waited for, and the
data directory is kept between runs (var/test), so only the first run pays for making it. Also: the fast tests
first, and no silent skip in CI.
"""

import contextlib
import os
from pathlib import Path
from unittest.mock import patch

import pytest

from config.launch import postgres
from config.launch.embedded import servers
from config.launch.errors import CannotRun
from core import heap
from tests.browser import find_browser

PROJECT = Path(__file__).resolve().parent.parent
NO_HURRY = {"fsync": "off", "full_page_writes": "off"}
"""A killed process loses nothing by it: what it wrote is the kernel's. A fallen machine would."""
NO_BROWSER = "no Chromium: apt-get install chromium, or .venv/bin/playwright install chromium"
_running = contextlib.ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    var = Path(os.environ.get("TRUNKLINE_VAR") or PROJECT / "var" / "test")
    try:
        with patch.dict(postgres.SETTINGS, NO_HURRY):
            os.environ.update(_running.enter_context(servers(var)))
    except CannotRun as error:
        raise pytest.UsageError(f"{error}. For a second run at a time: TRUNKLINE_VAR=/tmp/other") from None


def pytest_unconfigure(config: pytest.Config) -> None:
    _running.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_cost)
    if find_browser() is None and os.environ.get("CI", "").lower() not in {"1", "true"}:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


def pytest_collection_finish() -> None:
    """What was collected stays to the end, and looking through it took a twentieth of the time."""
    heap.settle()


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and find_browser() is None:
        pytest.fail(NO_BROWSER)


def _cost(item: pytest.Item) -> int:
    """Fast ones first, then a browser, then what kills processes."""
    return 2 if item.get_closest_marker("kill") else 1 if item.get_closest_marker("browser") else 0
