"""The register of mail kinds: what may be sent at all, by whom, and what it looks like when filled in.

A room registers its kinds in its AppConfig.ready(); nothing else can be queued. Each kind is rendered in
every language by a test, which searches what wears a brand for the product's name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise

from tenants.values import BrandCard

Wears = Literal["brand", "provider", "either"]
Context = dict[str, Any]


class UnknownKind(LookupError):
    """A mail of a kind that nobody registered. A bug, never input."""


@dataclass(frozen=True)
class MailKind:
    """`folder` and `name` find the templates `<folder>/email/<name>.{subject.txt,txt,html}`.

    `wears` says whose mail it may be. `sample` makes a context for the preview and for tests; None is the
    provider.
    """

    name: str
    title: Promise
    folder: str
    wears: Wears
    sample: Callable[[BrandCard | None], Context]

    def template(self, suffix: str) -> str:
        return f"{self.folder}/email/{self.name}.{suffix}"

    def may_wear(self, brand: BrandCard | None) -> bool:
        return self.wears in ("either", "brand" if brand else "provider")


_kinds: dict[str, MailKind] = {}


def register(kind: MailKind) -> None:
    """Add a kind; the same name twice is a mistake, the same kind twice (a reload) is none."""
    known = _kinds.setdefault(kind.name, kind)
    if known.folder != kind.folder:
        raise ValueError(f"two mail kinds are called {kind.name}")


def kind_named(name: str) -> MailKind:
    """Return the kind. Raises UnknownKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(f"no mail kind {name!r}: register it in its room's ready()") from None


def all_kinds() -> list[MailKind]:
    return sorted(_kinds.values(), key=lambda kind: kind.name)


def title_of(name: str) -> str:
    """Return the kind's words for the screen; the bare name of one that is no longer registered."""
    return str(_kinds[name].title) if name in _kinds else name
