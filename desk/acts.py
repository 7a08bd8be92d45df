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

from accounts.permissions import Permission

if TYPE_CHECKING:
    from desk.values import Conversation


@dataclass(frozen=True)
class Act:
    """`path`: its address below the conversation's; `key`: one small letter, or ""; `place`: in the menu.

    The legal one with `leads` stands beside the menu; of two the one that comes first. `target`: what the
    answer to the post replaces. `needs`: for whom it is, besides every agent's own permission.
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
    needs: Permission | None = None


@dataclass(frozen=True)
class Acts:
    """What can be done now: beside the menu, and in it."""

    lead: Act | None
    more: tuple[Act, ...]

    @property
    def version(self) -> str:
        """Changes when anything can be done that could not before."""
        return " ".join(act.code for act in (self.lead, *self.more) if act)


AWAKE = ("active", "held", "waiting_customer")
KEPT = (*AWAKE, "snoozed")
ACTS: dict[str, Act] = {}


def register(act: Act) -> Act:
    """Add the act; a code is given once. Two acts may share a key when never both are legal."""
    if act.code in ACTS:
        raise ValueError(f"the act {act.code} is there already")
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


def _mine(*states: str) -> "Callable[[Conversation], bool]":
    return lambda one: one.is_mine and one.state in states


register(
    Act(
        "resume",
        _("Take back"),
        "undo-2",
        "resumption/",
        _mine("held", "waiting_customer", "snoozed"),
        "h",
        5,
        leads=True,
        target="conversation",
    )
)
register(Act("wrap_up", _("Wrap up"), "check", "wrap-up/", _mine("active", "held"), "e", 10, leads=True))
register(Act("transfer", _("Hand over"), "arrow-right-left", "transfer/", _mine(*KEPT), "t", 20, asks=True))
register(
    Act("consult", _("Ask a colleague"), "users", "consult/", lambda one: one.can_consult, "q", 21, asks=True)
)
register(
    Act(
        "leave",
        _("Leave"),
        "log-out",
        "leaving/",
        lambda one: bool(one.place),
        "l",
        10,
        leads=True,
        target="conversation",
    )
)
register(Act("snooze", _("Snooze"), "alarm-clock", "snooze/", _mine(*AWAKE), "s", 30, asks=True))
register(Act("await", _("Wait for reply"), "hourglass", "awaiting/", _mine("active", "held"), "w", 31))
register(Act("hold", _("Put on hold"), "pause", "hold/", _mine("active"), "h", 32))
register(
    Act(
        "assign",
        _("Give to somebody"),
        "user-round-cog",
        "assign/",
        lambda one: one.may_reassign,
        "a",
        40,
        asks=True,
        needs=Permission.REASSIGN,
    )
)
register(
    Act(
        "reopen",
        _("Open again"),
        "rotate-ccw",
        "reopening/",
        lambda one: one.can_reopen,
        place=5,
        leads=True,
        target="conversation",
    )
)
register(
    Act(
        "callback", _("Promise a call"), "phone", "callback/", lambda one: one.can_promise, "c", 33, asks=True
    )
)
register(
    Act("request", _("Ask the client"), "building-2", "request/", lambda one: one.owns, place=45, asks=True)
)
register(Act("help", _("Ask for help"), "hand", "help/", lambda one: one.can_ask, "y", 50, asks=True))
register(
    Act("guard", _("Warn or block"), "shield-alert", "block/", lambda one: one.can_guard, "b", 60, asks=True)
)
register(
    Act("void", _("Not a contact"), "ban", "not-a-contact/", lambda one: one.can_void, "x", 70, asks=True)
)
