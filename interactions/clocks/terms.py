"""What a client agreed for its clocks: how long each may take, which time counts, when it stands still. Pure.

A policy's `terms` are {kind: {"seconds", "counted", "pauses", "urgent_from"?, "urgent_seconds"?, "total"?}};
a kind that is not named has no target. Clocks without a target run all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from interactions.choices import ClockKind, ClockPause, ClockTime, State

LONGEST = 90 * 86_400  # seconds a target may be
CHOSEN = (ClockPause.CUSTOMER, ClockPause.CLIENT, ClockPause.HOLD, ClockPause.SNOOZED, ClockPause.CALLBACK)
"""The pauses that a client may choose."""
USUAL: Mapping[str, tuple[str, ...]] = {
    ClockKind.FIRST: (ClockPause.CALLBACK,),
    ClockKind.NEXT: (ClockPause.CALLBACK,),
    ClockKind.RESOLUTION: (ClockPause.CUSTOMER, ClockPause.SNOOZED),
    ClockKind.UPDATE: (ClockPause.CUSTOMER, ClockPause.SNOOZED, ClockPause.CALLBACK),
}
STANDS: Mapping[str, ClockPause] = {
    State.WAITING_CUSTOMER: ClockPause.CUSTOMER,
    State.HELD: ClockPause.HOLD,
    State.SNOOZED: ClockPause.SNOOZED,
    State.CALLBACK_SCHEDULED: ClockPause.CALLBACK,
    State.WRAP_UP: ClockPause.WRAP_UP,
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What one clock goes by. `total`: a resolution that is opened again goes on instead of standing."""

    seconds: int | None = None
    counted: str = ClockTime.ELAPSED
    pauses: tuple[str, ...] = ()
    total: bool = False


def terms_of(kind: str, agreed: Mapping[str, Any], *, priority: int) -> Terms:
    """Return what the clock goes by under a policy's terms; `urgent_from` this priority on another target."""
    own = agreed.get(kind)
    if own is None:
        return Terms(pauses=USUAL[kind])
    urgent = own.get("urgent_from") is not None and priority >= own["urgent_from"]
    seconds = own["urgent_seconds"] if urgent else own["seconds"]
    return Terms(seconds, own["counted"], tuple(own["pauses"]), bool(own.get("total")))


def why_stands(kind: str, pauses: tuple[str, ...] | list[str], state: str, *, asks: bool = False) -> str:
    """Return why a clock stands still while its conversation is in the state, "" while it runs.

    `asks`: its client has been asked something and it stands still for that, wherever the conversation is.
    While an agent wraps up nobody is answered: only the resolution runs on.
    """
    if asks:
        return ClockPause.CLIENT
    why = STANDS.get(state)
    if why == ClockPause.WRAP_UP:
        return "" if kind == ClockKind.RESOLUTION else why
    return why if why is not None and why in pauses else ""


def wrong_terms(agreed: Mapping[str, Any]) -> dict[str, str]:
    """Return what nobody can agree on, by `<kind>_<name>`."""
    wrong = {}
    for kind, own in agreed.items():
        for name in ("seconds", "urgent_seconds"):
            if (seconds := own.get(name)) is not None and not 1 <= seconds <= LONGEST:
                wrong[f"{kind}_{name}"] = _("Choose a time of one second to 90 days.")
        if (own.get("urgent_from") is None) != (own.get("urgent_seconds") is None):
            wrong[f"{kind}_urgent_from"] = _("Say both: from which priority on, and how long then.")
        elif own.get("urgent_from") is not None and not 1 <= own["urgent_from"] <= 10:
            wrong[f"{kind}_urgent_from"] = _("A priority is 1 to 10.")
    return wrong
