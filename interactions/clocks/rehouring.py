"""A change of the hours that clocks go by: what went by counts by the hours as they were then."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.db.models import Min

from core.hours import Calendar, opening_intervals
from events.log import record_all
from interactions.clocks.clockwork import all_of, save_all
from interactions.clocks.faces import Business
from interactions.clocks.queries import business_clocks
from interactions.hours import hours_of_queues
from interactions.models import Interaction, Queue

PAGE = 500
Calendars = Mapping[int, Calendar]


@contextmanager
def hours_change(*, now: datetime) -> Iterator[None]:
    """Have every clock reckoned up to `now` by the hours as they are before the block, in its transaction.

    Those conversations are locked until the transaction ends, so that nothing of them may be written before;
    none where the hours of what is over stay what they were.
    """
    since = business_clocks().aggregate(first=Min("since"))["first"]
    if since is None or since >= now:
        yield
        return
    # Queues before conversations and clocks, as whoever announces hours or closes locks them.
    list(Queue.objects.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    old = hours_of_queues(since=since)
    yield
    new = hours_of_queues(since=since)
    moved = [pk for pk in old if _opened(old[pk], since, now) != _opened(new[pk], since, now)]
    if moved:
        _rehour({pk: old[pk] for pk in moved}, {pk: new[pk] for pk in moved}, now=now)


def _opened(hours: Calendar, since: datetime, now: datetime) -> list[tuple[datetime, datetime]]:
    return opening_intervals(hours, since, now)


def _rehour(old: Calendars, new: Calendars, *, now: datetime) -> None:
    before, after = ({pk: Business(one) for pk, one in each.items()} for each in (old, new))
    mine = business_clocks().filter(queue__in=list(old))
    pks = sorted(set(mine.values_list("interaction_id", flat=True)))
    for start in range(0, len(pks), PAGE):
        rows = Interaction.objects.select_for_update(of=("self",)).filter(pk__in=pks[start : start + PAGE])
        works = all_of(rows.order_by("pk"), now=now)
        for work in works:
            work.rehour(before, after)
        save_all(works)
        Interaction.objects.bulk_update([work.row for work in works], ["event_n"])
        record_all([event for work in works for event in work.events])
