"""Repeat contacts: the customer came again for the same reason, some days after it was closed. Pure.

Another interaction of the same customer that was closed with the same reason, is a contact, and was opened
after the end of this one. Who goes on in what was closed has opened it again (`Contact.reopened`): that is no
repeat. Looked for within HORIZON of the first one's opening, so a reader knows how far it has to look.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from operator import itemgetter
from uuid import UUID

from reporting.contacts import Contact

HORIZON = timedelta(days=60)

Came = tuple[datetime, UUID]


def mark_repeats(contacts: Iterable[Contact]) -> None:
    """Write into each case among the contacts how soon its customer came again; they are all there is."""
    found: dict[tuple[int, str], list[Contact]] = defaultdict(list)
    for one in contacts:
        if is_case(one) and one.customer_id is not None:
            found[one.customer_id, one.reason].append(one)
    for alike in found.values():
        if len(alike) > 1:
            _mark(alike)


def is_case(contact: Contact) -> bool:
    """Tell whether it can be repeated: closed, with a reason, by a customer that the log names."""
    return (
        contact.customer_id is not None
        and bool(contact.reason)
        and contact.resolved_at is not None
        and contact.counts
    )


def _mark(alike: list[Contact]) -> None:
    came = sorted((one.came_at, one.interaction_ref) for one in alike if one.came_at)
    for one in alike:
        later = _later(came, one)
        one.repeated_after = later - one.handled_at if later and one.handled_at else None


def _later(came: list[Came], one: Contact) -> datetime | None:
    """Return when the customer came again first."""
    if one.handled_at is None or one.came_at is None:
        return None
    begin = bisect_left(came, one.handled_at, key=itemgetter(0))
    others = (at for at, ref in came[begin:] if ref != one.interaction_ref)
    at = next(others, None)
    return at if at is not None and at - one.came_at <= HORIZON else None
