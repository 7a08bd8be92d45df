"""Modules that are loaded at their first use: what one process in six needs must not weigh on all of them."""

from importlib import import_module
from typing import Any


class LazyModule:
    """Stands for the module of that name; the first attribute asked for imports it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)
