"""Tasks work in the brand they were sent for, whatever ids they are given."""

import inspect
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from core.errors import NotFound
from tenants.scope import WrongScope
from tenants.tasks import BrandTask, PlatformTask
from tests.architecture.test_tasks import registered
from tests.architecture.test_urls import OPEN
from tests.isolation.conftest import Neighbourhood
from tests.isolation.estate import Estate

SAMPLES: dict[str, Callable[[Estate], list[Any]]] = {
    "ref": lambda b: list(b.all_refs),
    "interaction_ref": lambda b: list(b.all_refs),
}
"""What of a brand a task's argument may be, by its name."""
WHERE = ("brand_id",)
TASKS = registered()
BRANDS = sorted(name for name, task in TASKS.items() if isinstance(task, BrandTask))
PLATFORM = sorted(name for name, task in TASKS.items() if isinstance(task, PlatformTask))


def arguments(task: Any) -> list[str]:
    """Return the names of the task's own arguments, without its brand and the tail for a rolling deploy."""
    named = inspect.signature(task.run).parameters.values()
    return [one.name for one in named if one.kind != one.VAR_KEYWORD and one.name not in WHERE]


@pytest.mark.parametrize("name", BRANDS)
class DescribeBrandTask:
    def it_touches_no_other_brand(self, place: Neighbourhood, name: str) -> None:
        task = TASKS[name]
        unknown = [one for one in arguments(task) if one not in SAMPLES]
        assert unknown == [], "say in SAMPLES what of a brand stands there"
        with place.watched as changed:
            for ref in place.estate.all_refs if arguments(task) else [""]:
                self.run(task, place, {one: ref for one in arguments(task)})
        assert changed == []

    def it_refuses_to_run_for_no_brand(self, db: None, name: str) -> None:
        for kwargs in ({}, {"brand_id": None}, {"brand_id": "1"}):
            with pytest.raises(WrongScope):
                TASKS[name].apply(kwargs=kwargs).get()

    def run(self, task: Any, place: Neighbourhood, kwargs: dict[str, Any]) -> None:
        with suppress(NotFound):
            task.apply(kwargs={"brand_id": place.acme.id, **kwargs}).get()


@pytest.mark.parametrize("name", PLATFORM)
def it_takes_no_ids_for_all_brands(name: str) -> None:
    """What a task of nobody's works on it finds in the tables: there is nothing to send it astray with."""
    assert name in OPEN["tasks"] or arguments(TASKS[name]) == []


def it_lists_only_tasks_that_take_something_each_with_a_reason() -> None:
    for name, reason in OPEN["tasks"].items():
        assert arguments(TASKS[name]) != []
        assert len(reason) > 10
