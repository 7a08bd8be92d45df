"""The numbers by the opening hours of each contact's queue: keys that end in `/business`.

Time is counted by opening hours, and held against targets so. Whether somebody left at once or hardly talked,
and whether they were back within a day or a week, goes by the clock on the wall here too.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from tests.checker.contacts import BEFORE, Contact, Stretch
from tests.checker.figures import Number, figures
from tests.checker.hours import ALWAYS, Hours


def business(
    contacts: Iterable[Contact],
    hours: Mapping[int, Hours],
    start: int,
    end: int,
    *,
    among: Iterable[Contact] | None = None,
) -> dict[str, Number]:
    """Return the numbers of `[start, end)` by the opening hours of each contact's queue.

    `among`: whoever may have come back, if there are more than who is counted.
    """
    by_hours = figures(on_hours(contacts, hours), start, end, among=among)
    return {f"{key}/business": number for key, number in by_hours.items()}


def on_hours(contacts: Iterable[Contact], hours: Mapping[int, Hours]) -> list[Contact]:
    """Return each contact on the clock of its queue's hours."""
    return [counted(one, hours.get(one.queue, ALWAYS)) for one in contacts]


def counted(contact: Contact, hours: Hours) -> Contact:
    """Return the contact on a clock that stands while its queue is closed; it shows the time when it came."""
    if contact.at == BEFORE:
        return contact

    def shown(at: int) -> int:
        return contact.at + hours.between(contact.at, at) - hours.between(at, contact.at)

    return replace(
        contact, answered_at=_maybe(shown, contact.answered_at), replied_at=_maybe(shown, contact.replied_at),
        abandoned_at=_maybe(shown, contact.abandoned_at), flowed_at=_maybe(shown, contact.flowed_at),
        stretches=[Stretch(one.kind, shown(one.start), _maybe(shown, one.end)) for one in contact.stretches],
        firsts=[(shown(asked), shown(told)) for asked, told in contact.firsts],
        nexts=[(shown(asked), shown(told)) for asked, told in contact.nexts],
        closings=[shown(at) for at in contact.closings], reopenings=[shown(at) for at in contact.reopenings],
        endings=[shown(at) for at in contact.endings], wall=contact,
    )  # fmt: skip


def _maybe(shown: Callable[[int], int], at: int | None) -> int | None:
    return None if at is None else shown(at)
