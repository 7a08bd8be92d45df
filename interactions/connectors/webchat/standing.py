"""What a visitor is shown of the line: the place, the wait, what closed, and what is offered meanwhile."""

from datetime import datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID

from core import clock
from interactions.choices import OPEN, Line, State, WhenClosed
from interactions.hours import PROJECTED, projected
from interactions.models import Interaction, Queue
from interactions.signals import place_asked
from interactions.values import Closed, Closing, Estimate, Place


def place_of(brand_id: int, queue_id: int, ref: UUID | None) -> Place:
    """Ask whoever keeps the line; with nobody to ask, the place is unknown."""
    answers: list[tuple[Any, Any]] = place_asked.send(
        Interaction, brand_id=brand_id, queue_id=queue_id, interaction_ref=ref
    )
    return next((answer for _receiver, answer in answers if isinstance(answer, Place)), Place(None, True))


def staffed(brand_id: int, queue_id: int) -> dict[str, Any]:
    return {"staffed": place_of(brand_id, queue_id, None).staffed}


def shut(hours: Closed | Closing | None) -> dict[str, Any]:
    """Return what a place frame says out of hours, or before an early closing; nothing while it is open."""
    if isinstance(hours, Closing):
        return {"closing": {"at": hours.at.isoformat(), "zone": hours.zone, "text": hours.text}}
    if hours is None:
        return {}
    until = hours.until.isoformat() if hours.until else None
    how = {} if hours.how == WhenClosed.TAKE else {"how": hours.how}
    return {"closed": {"until": until, "zone": hours.zone, "text": hours.text, **how}}


def is_served(row: Interaction | None, queue: Queue | None, hours: Closed | Closing | None) -> bool:
    """Tell whether the queue has closed behind who waits in it: they are answered still."""
    if row is None or queue is None or not isinstance(hours, Closed) or hours.line != Line.SERVED:
        return False
    if row.state != State.QUEUED or row.waits or row.queued_at is None:
        return False
    since = projected(queue, now=clock.now()).closed_since
    return since is not None and row.queued_at < since


def turns_at(hours: Closed | Closing | None) -> datetime | None:
    return hours.at if isinstance(hours, Closing) else hours.until if hours else None


def line_of(brand_id: int, row: Interaction) -> tuple[dict[str, Any], Place | None]:
    """Return a place frame: where a waiting one stands; whether anybody would be there for a new one.

    And the place itself, for who waits for it here.
    """
    if row.state not in OPEN:
        return staffed(brand_id, row.queue_id), None
    place = place_of(brand_id, row.queue_id, row.ref)
    return {"position": place.position, "staffed": place.staffed}, None if row.waits else place


def estimate_of(place: Place | None) -> Estimate | None:
    """Return what can be said of the wait: nothing when nobody serves the line, or of too few answers."""
    if place is None or place.wait is None or place.position is None or not place.staffed:
        return None
    return Estimate(*place.wait, place.position, clock.now())


def leave_limit(row: Interaction) -> datetime | None:
    """Return when who waits is offered to leave a message; None for never, or who has."""
    after = row.queue.leave_after
    if after is None or row.queued_at is None or row.state != State.QUEUED or row.waits:
        return None
    return row.queued_at + timedelta(seconds=after)


def may_leave(row: Interaction, place: Place | None) -> bool:
    """Tell whether a message may be left: the limit is reached, or the queue overflows to it."""
    limit = leave_limit(row)
    return bool(place and place.may_leave) or limit is not None and limit <= clock.now()


def left(row: Interaction, place: Place | None, hours: Closed | Closing | None) -> dict[str, Any]:
    """Return what a place frame says of leaving a message: that it may be done, or that it was."""
    if row.state != State.QUEUED or isinstance(hours, Closed):
        return {}
    if row.waits:
        return {"kept": True}
    return {"leave": True} if may_leave(row, place) else {}


def limits_of(row: Interaction) -> tuple[datetime | None, datetime | None]:
    """Return when who waits is offered to leave a message, and to be called."""
    return leave_limit(row), call_limit(row)


def call_limit(row: Interaction) -> datetime | None:
    """Return when who waits is offered a call; None for never, or who is promised one."""
    after = row.queue.callback_after
    if after is None or row.queued_at is None or row.state != State.QUEUED or row.calls_back:
        return None
    return row.queued_at + timedelta(seconds=after)


def may_call(row: Interaction, place: Place | None, hours: Closed | Closing | None) -> bool:
    """Tell whether a call may be asked for: the limit is reached, the queue overflows to it, or is closed and
    offers one then. Never where it is not known when it opens again.
    """
    if row.state != State.QUEUED or row.calls_back:
        return False
    if isinstance(hours, Closed):
        if hours.until is None or hours.until - clock.now() > PROJECTED:
            return False
        if row.queue.callback_closed or row.waits:
            return row.queue.callback_closed
    limit = call_limit(row)
    return bool(place and place.may_call) or limit is not None and limit <= clock.now()


def call(row: Interaction, place: Place | None, hours: Closed | Closing | None) -> dict[str, Any]:
    return {"call": True} if may_call(row, place, hours) else {}


def first_of(*instants: datetime | None) -> datetime | None:
    """Return the first of the instants that are to come."""
    now = clock.now()
    return min((instant for instant in instants if instant and instant > now), default=None)


def wait(estimate: Estimate | None) -> dict[str, Any]:
    """Return the wait in whole minutes, the lower one down and the upper one up."""
    if estimate is None:
        return {}
    return {"wait": {"from": estimate.p50 // 60, "until": max(1, ceil(estimate.p80 / 60))}}
