"""Modules that are put off: who imports one gets a stand-in, who uses it the module."""

import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from config.launch import plan
from core.lazy import Later, put_off

PROJECT = Path(__file__).resolve().parent.parent.parent
NAME = "put_off_by_a_test"
LOOK = """
import sys, django
from importlib import import_module
django.setup()
for word in sys.argv[1:]:
    module, *taken = word.split(":")
    for each in taken:
        getattr(import_module(module), each)
"""


@pytest.fixture(autouse=True)
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package with one module, which are loaded by nobody yet."""
    folder = tmp_path / NAME
    folder.mkdir()
    (folder / "__init__.py").write_text("COLOUR = 'blue'\n")
    (folder / "things.py").write_text("SIZE = 3\n\n\nclass Thing(str):\n    pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in (NAME, f"{NAME}.things"):
        sys.modules.pop(name, None)


def is_loaded(name: str) -> bool:
    return not isinstance(sys.modules[name], Later)


def it_loads_a_module_when_what_was_taken_from_it_is_called() -> None:
    put_off([f"{NAME}.things:Thing"])
    from put_off_by_a_test.things import Thing  # type: ignore[import-not-found]

    assert not isinstance("a", Thing)
    assert not is_loaded(f"{NAME}.things")
    assert Thing("a") == "a"
    assert type(Thing("a")) is import_module(f"{NAME}.things").Thing
    assert is_loaded(f"{NAME}.things")


def it_loads_a_module_for_a_name_that_nobody_spoke_of() -> None:
    put_off([f"{NAME}.things:Thing"])
    from put_off_by_a_test.things import SIZE

    assert SIZE == 3


def it_loads_a_module_that_was_imported_whole_at_the_first_look_into_it() -> None:
    put_off([NAME])
    whole = import_module(NAME)
    assert not is_loaded(NAME)
    assert whole.COLOUR == "blue"
    assert is_loaded(NAME)


def it_lets_others_import_what_is_below_a_package() -> None:
    put_off([NAME])
    assert import_module(f"{NAME}.things").SIZE == 3


def it_leaves_a_module_that_is_loaded() -> None:
    before = import_module(NAME)
    put_off([NAME])
    assert sys.modules[NAME] is before


def it_is_told_no_name_that_a_library_does_not_have() -> None:
    """A library that moves what `up` puts off would fail at its first use only."""
    words = {word for names in (plan.CLUSTER, plan.DESCRIPTION, plan.WAMP) for word in names.split(",")}
    done = subprocess.run(
        [sys.executable, "-c", LOOK, *sorted(words)],
        cwd=PROJECT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
