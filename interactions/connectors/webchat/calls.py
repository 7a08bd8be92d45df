"""A call instead of the wait, as a visitor asks for it: the windows to choose from, the promise, its end.

Like `visits`: each function is one job of the executor.
"""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core import clock
from events.choices import ActorKind
from interactions import actions, blocking
from interactions.connectors.webchat import standing, visits
from interactions.connectors.webchat.forms import Call
from interactions.connectors.webchat.refusals import NotOffered
from interactions.connectors.webchat.settings import CALLS_PER_ADDRESS, CALLS_PER_NUMBER, CALLS_PER_SESSION
from interactions.connectors.webchat.visits import Visit
from interactions.hours import projected
from interactions.models import Interaction
from interactions.windows import windows


def choices(visit: Visit, ref: UUID) -> dict[str, Any]:
    """Return the fields of a windows frame: when a call can be, and in which zone that is told."""
    with visits.inside(visit):
        row = visits.row_of(ref)
        now = clock.now()
        found = windows(projected(row.queue, now=now).openings, now=now)
        zone = visits.zone_of(visit, row)
    return {"zone": zone, "windows": [[start.isoformat(), end.isoformat()] for start, end in found]}


def ask(visit: Visit, ref: UUID, frame: Call) -> None:
    """Promise the call, or change the one that is promised; once for the frame's `client_id`.

    Raises RateLimited, Blocked, NotOffered, and what the verbs do.
    """
    with visits.inside(visit):
        row, done = visits.row_of(ref), actions.is_asked(ref, frame.client_id)
        hours = visits.hours_of(visit, row.queue)
    if done:
        return
    _count(visit, frame.number)
    visits.check_blocked(visit)
    if not row.calls_back:
        _check_offered(visit, row, hours)
    values: dict[str, Any] = {"number": frame.number, "window": frame.window, "key": frame.client_id}
    with visits.inside(visit):
        if row.calls_back:
            actions.change_callback(ref, now=clock.now(), **values)
        else:
            by = ActorKind.CONTACT
            actions.promise_callback(ref, by=by, consent=frame.consent, now=clock.now(), **values)


def withdraw(visit: Visit, ref: UUID) -> None:
    """Call the call off: the visitor waits in the chat, at the place they had."""
    with visits.inside(visit):
        actions.withdraw_callback(ref, now=clock.now())


def _check_offered(visit: Visit, row: Interaction, hours: Any) -> None:
    place = standing.place_of(visit.brand.id, row.queue_id, row.ref)
    if not standing.may_call(row, place, hours):
        raise NotOffered(_("A call is not offered now."))


def _count(visit: Visit, number: str) -> None:
    """Bind who asks, and how often anybody may have one number called. Raises RateLimited."""
    digest = blocking.digest_of("".join(filter(str.isdigit, number)), brand_ref=visit.brand.ref)
    session, address = (visit.token.digest, CALLS_PER_SESSION), (visit.address, CALLS_PER_ADDRESS)
    for key, limit in (session, address, (digest, CALLS_PER_NUMBER)):
        visits.limited(f"call:{visit.brand.id}:{str(key)[:32]}", limit, address=visit.address)
