"""What an agent can do with an open conversation besides writing: one registry, drawn by one template.

An act is posted to its own address below the conversation's; one that `asks` something first is fetched
there, as a dialog or, without scripts, as a page. Add yours at the end of this file. `legal` looks at the
conversation as it was read; the verb behind the address decides again. No key is one of hot-keys.js.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from desk.values import Conversation


@dataclass(frozen=True)
class Act:
    """`path`: its address below the conversation's; `key`: one small letter, or ""; `place`: in the menu.

    The legal one with `leads` stands beside the menu; of two the one that comes first. `target`: what the
    answer to the post replaces.
    """

    code: str
    title: "str | Promise"
    icon: str
    path: str
    legal: "Callable[[Conversation], bool]"
    key: str = ""
    place: int = 50
    leads: bool = False
    asks: bool = False
    target: str = "foot"


@dataclass(frozen=True)
class Acts:
    """What can be done now: beside the menu, and in it."""

    lead: Act | None
    more: tuple[Act, ...]

    @property
    def version(self) -> str:
        """Changes when anything can be done that could not before."""
        return " ".join(act.code for act in (self.lead, *self.more) if act)


ACTS: dict[str, Act] = {}


def register(act: Act) -> Act:
    """Add the act; two of the same code or key are a mistake."""
    taken = {one.key for one in ACTS.values() if one.key}
    if act.code in ACTS or act.key in taken:
        raise ValueError(f"the act {act.code} or its key {act.key!r} is there already")
    ACTS[act.code] = act
    return act


def all_acts() -> list[Act]:
    """Return every act in the order of the menu."""
    return sorted(ACTS.values(), key=lambda act: (act.place, act.code))


def acts_of(conversation: "Conversation") -> Acts:
    """Return what is legal with the conversation as it is."""
    legal = [act for act in all_acts() if act.legal(conversation)]
    lead = next((act for act in legal if act.leads), None)
    return Acts(lead, tuple(act for act in legal if act is not lead))


register(
    Act(
        "wrap_up", _("Wrap up"), "check", "wrap-up/", lambda one: one.can_reply, key="e", place=10, leads=True
    )
)
register(
    Act(
        "callback", _("Promise a call"), "phone", "callback/", lambda one: one.can_promise, "p", 33, asks=True
    )
)
register(Act("help", _("Ask for help"), "hand", "help/", lambda one: one.can_ask, "y", 50, asks=True))
register(
    Act("guard", _("Warn or block"), "shield-alert", "block/", lambda one: one.can_guard, "b", 60, asks=True)
)
register(
    Act("void", _("Not a contact"), "ban", "not-a-contact/", lambda one: one.can_void, "x", 70, asks=True)
)
