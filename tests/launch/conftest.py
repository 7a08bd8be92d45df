"""A running `up` for each test that asks."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.launch.rig import Up


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A short directory that every account can reach, which pytest's own is not."""
    with tempfile.TemporaryDirectory(prefix="up-") as folder:
        path = Path(folder).resolve()
        path.chmod(0o755)
        yield path


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
