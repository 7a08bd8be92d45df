"""A customer's silence and return: arithmetic on a row, and what a queue's numbers may be. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interactions.choices import State

if TYPE_CHECKING:
    from interactions.models import Interaction

IDLE_NUMBERS = ("nudge_seconds", "idle_close_seconds", "resume_hours")
IDLE_COLUMNS = ("idle_due_at", "nudged_at")
MOST_SECONDS = 86_400
MOST_HOURS = 720


def start(row: "Interaction", *, now: datetime) -> None:
    """It is the customer's turn from now on: due is the nudge, or the end where nobody nudges."""
    row.nudged_at = None
    row.idle_due_at = _after(now, row.queue.nudge_seconds or row.queue.idle_close_seconds)


def nudged(row: "Interaction", *, now: datetime) -> None:
    """They were asked: the time between nudge and end is theirs, however late the nudge came."""
    row.nudged_at = now
    row.idle_due_at = _after(now, row.queue.idle_close_seconds and _between(row))


def stop(row: "Interaction") -> None:
    """Nobody is waited for any more."""
    row.idle_due_at = row.nudged_at = None


def may_resume(row: "Interaction", *, hours: int, now: datetime) -> bool:
    """Tell whether its customer goes on in it: in wrap-up always, closed within `hours` (exclusive)."""
    if row.is_void:
        return False
    if row.state == State.WRAP_UP:
        return True
    ended = row.closed_at if row.state == State.CLOSED else None
    return ended is not None and now < ended + timedelta(hours=hours)


def idle_errors(numbers: Mapping[str, int | None]) -> dict[str, "str | Promise"]:
    """Return what is wrong with a queue's numbers of silence, by name; 0 is never."""
    most = {"nudge_seconds": MOST_SECONDS, "idle_close_seconds": MOST_SECONDS, "resume_hours": MOST_HOURS}
    wrong: dict[str, str | Promise] = {
        name: _("Write a number from 0 to %(most)d. 0 is never.") % {"most": most[name]}
        for name, number in numbers.items()
        if name in most and isinstance(number, int) and not 0 <= number <= most[name]
    }
    nudge, close = numbers.get("nudge_seconds"), numbers.get("idle_close_seconds")
    if not wrong and nudge and close and close <= nudge:
        wrong["idle_close_seconds"] = _("Close later than the customer is asked.")
    return wrong


def _between(row: "Interaction") -> int:
    return max(1, row.queue.idle_close_seconds - row.queue.nudge_seconds)


def _after(now: datetime, seconds: int) -> datetime | None:
    return now + timedelta(seconds=seconds) if seconds else None
