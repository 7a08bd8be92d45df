"""Modules that are loaded at their first use: what one process in six needs must not weigh on all of them."""

import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any


class LazyModule:
    """Stands for the module of that name; the first attribute asked for imports it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)


class Later(ModuleType):
    """Stands in `sys.modules` until somebody calls what was taken from it, or asks for anything else."""

    def __init__(self, name: str, taken: Sequence[str]) -> None:
        super().__init__(name)
        self._taken = taken
        for each in taken:
            setattr(self, each, self._later(each))

    def __getattr__(self, attribute: str) -> Any:
        """Load it. That the import system looks whether it is a package, and who it is, is no use of it."""
        if attribute.startswith("__") and (attribute != "__path__" or self._taken):
            raise AttributeError(attribute)
        return getattr(self._load(), attribute)

    def _later(self, name: str) -> type:
        """Return a class, so that it may be asked what is an instance of it: nothing is, before its use."""

        def make(_cls: type, *args: Any, **more: Any) -> Any:
            return getattr(self._load(), name)(*args, **more)

        return type(name, (), {"__new__": make})

    def _load(self) -> ModuleType:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return import_module(self.__name__)


def put_off(words: Iterable[str]) -> None:
    """Have modules of libraries loaded when they are used, whoever imports them before.

    Each is `module:Name`, with all the names that others take from it (`from module import Name`), or the
    module alone where they import it whole. What is loaded already stays.
    """
    for word in words:
        module, *taken = word.split(":")
        sys.modules.setdefault(module, Later(module, taken))
