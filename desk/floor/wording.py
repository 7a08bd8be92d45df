"""What the floor says, in the reader's language: by the server at first, by its script afterwards."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from core.shares import mark
from desk.floor.limits import IN_STATE
from desk.words import words as desk_words
from routing.floor import LOST, AgentNow, Work
from tenants.values import BrandCard
from workforce.choices import Availability
from workforce.queries import reasons

LINK = ("live", "reconnecting", "offline", "sign_in")
"""What every live page says of its connection, in the desk's words."""


def states() -> dict[str, str]:
    """{code: word} of what an agent can be on the floor."""
    return {str(code): str(label) for code, label in Availability.choices} | {LOST: _("Connection lost")}


def reason_labels() -> dict[str, str]:
    return {reason.code: reason.label for reason in reasons(archived=True)}


def state_words(one: AgentNow, labels: Mapping[str, str]) -> str:
    """Name the state, with its reason: `Away · Break`."""
    word = states()[one.state]
    return f"{word} · {labels.get(one.reason, one.reason)}" if one.reason else word


def work_words(work: Work) -> str:
    """Say how much of one client somebody is on: `2, 1 in wrap-up`; and who is on hold for too long."""
    talks, wraps, rings, holds = work
    parts = [str(talks)] if talks or not (wraps or rings) else []
    parts += [_("%(count)d in wrap-up") % {"count": wraps}] if wraps else []
    parts += [_("%(count)d ringing") % {"count": rings}] if rings else []
    parts += [_("%(count)d on hold for long") % {"count": holds}] if holds else []
    return ", ".join(parts)


def words() -> dict[str, str]:
    """What the script says. `{name}` stands for a value."""
    link = {name: said for name, said in desk_words().items() if name in LINK}
    return link | {
        "signed_out": _("This page is not yours to see any more, or you are signed out."),
        "as_of": _("As of {time}"),
        "stale": _("Nothing was heard since {time}. What stands here may be out of date."),
        "wrap": _("{count} in wrap-up"),
        "ring": _("{count} ringing"),
        "hold": _("{count} on hold for long"),
        "then": _("then {word}"),
        "rests": _("rests until {time}"),
        "load": _("{used} of {cap}"),
        "of": _("{part} of {whole}"),
        "nobody": _("Nobody"),
        "none": "–",
        "share": f"{{share}}{mark()}",
    }


def kit(cards: Mapping[int, BrandCard]) -> dict[str, Any]:
    """What the script needs to read the numbers: words of codes, names and hues of clients, limits."""
    return {
        "states": states(),
        "reasons": reason_labels(),
        "brands": {str(card.id): {"name": card.name, "hue": card.hue} for card in cards.values()},
        "limits": IN_STATE,
    }
