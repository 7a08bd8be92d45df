"""A running `up` for each test that asks."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.launch.rig import Up, open_directory


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A short directory that every account can reach, which pytest's own is not."""
    with open_directory() as folder:
        yield folder


@pytest.fixture
def start(open_path: Path) -> Iterator[Callable[..., Up]]:
    """Return a function that starts `up` in this test's directory; what it started ends with the test."""
    started: list[Up] = []

    def begin(name: str = "var", **options: Any) -> Up:
        started.append(Up(open_path / name, **options))
        return started[-1]

    yield begin
    for up in started:
        up.kill()
