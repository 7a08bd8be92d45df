"""What the tables of a running stack say, read inside it: `told(stack, "talks")` runs `talks` there."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import connection

from accounts.models import User
from core import clock
from events.choices import Kind
from events.models import Event
from interactions.choices import OPEN, State
from interactions.models import Interaction, Message, PracticeRun
from interactions.practice.actions import send_practice, stop_practice
from routing.choices import ItemState, OfferState
from routing.link import LOCK
from routing.models import Offer, WorkItem
from tenants.cards import BrandCard, all_cards, card_by_slug
from tenants.scope import Grant, labour_scope, system, tenant_scope
from tests.stack import RunningStack

MARK = "TOLD"
NAMES = ("direction", "client_id", "seq", "ref", "agent")
COLUMNS = ("direction", "client_id", "seq", "interaction__ref", "interaction__agent_id")
MESSAGES = {Kind.MESSAGE_RECEIVED, Kind.MESSAGE_SENT}
PLACES = {
    State.QUEUED: {ItemState.QUEUED, ItemState.OFFERED},
    State.ACTIVE: {ItemState.ACCEPTED},
    State.WRAP_UP: {ItemState.WRAP_UP},
}
"""Where the work item of an interaction in that state may be; in any other state it has none that is live."""


def told(stack: RunningStack, what: str) -> Any:
    """Return what the function of that name returns inside the stack."""
    script = f"from tests.journeys import tables; tables.tell(tables.{what})"
    return json.loads(stack.manage("shell", "-v", "0", "-c", script).partition(MARK)[2])


def tell(read: Any) -> None:
    print(MARK + json.dumps(read(system("journeys")), default=str))


def practise(grant: Grant) -> None:
    """Send ten practice customers to the school, one every six seconds."""
    with tenant_scope(_school(), grant):
        send_practice(uuid4(), count=10, minutes=1, actor="system:journeys", now=clock.now())


def go_home(grant: Grant) -> None:
    """Stop the practice: who waits leaves."""
    with tenant_scope(_school(), grant):
        for run in PracticeRun.objects.all():
            stop_practice(run.ref, actor="system:journeys", now=clock.now())


def practised(grant: Grant) -> dict[str, int]:
    """Count the school's conversations, those that are tests, and the customers' messages."""
    with tenant_scope(_school(), grant):
        rows = Interaction.objects.all()
        said = Message.objects.filter(direction="in", seq=1)
        return {
            "talks": rows.count(), "tests": rows.filter(is_test=True).count(), "opened": said.count(),
        }  # fmt: skip


def _school() -> BrandCard:
    card = card_by_slug("school")
    assert card
    return card


def talks(grant: Grant) -> dict[str, list[dict[str, Any]]]:
    """By brand, every message that has an id, in order: {direction, client_id, seq, ref, agent: address}."""
    with labour_scope():
        emails = dict(User.objects.values_list("pk", "email"))
    found = {}
    for card in all_cards():
        with tenant_scope(card, grant):
            messages = Message.objects.exclude(client_id=None).order_by("interaction_id", "seq")
            rows = [dict(zip(NAMES, row, strict=True)) for row in messages.values_list(*COLUMNS)]
        found[card.slug] = [row | {"agent": emails.get(row["agent"])} for row in rows]
    return found


def misplaced(grant: Grant) -> list[str]:
    """What is in no place or in two: interactions and their work items, work items and their offers."""
    return [*_misoffered(), *(fault for card in all_cards() for fault in _misplaced(card, grant))]


def miscounted(grant: Grant) -> list[str]:
    """Which conversations of the last hour lack an event, or have one twice, by number and by message."""
    return [fault for card in all_cards() for fault in _miscounted(card, grant)]


def _miscounted(card: BrandCard, grant: Grant) -> Iterator[str]:
    with tenant_scope(card, grant):
        rows = Interaction.objects.filter(opened_at__gte=clock.now() - timedelta(hours=1))
        numbers = dict(rows.values_list("ref", "event_n"))
        said = Message.objects.filter(direction__in=["in", "out"], client_id__isnull=False)
        messages = said.filter(interaction__ref__in=numbers).values_list("interaction__ref", "seq")
        stored = set(messages)
        events = Event.objects.filter(interaction_ref__in=numbers).order_by("interaction_ref", "n")
        logged = list(events.values_list("interaction_ref", "n", "kind", "data__seq"))
    for ref, n in numbers.items():
        if (found := [row[1] for row in logged if row[0] == ref and row[1]]) != list(range(1, n + 1)):
            yield f"{ref}: {n} events, logged {found}"
    told_of = sorted((ref, seq) for ref, _n, kind, seq in logged if kind in MESSAGES)
    yield from (f"{ref}: message {seq} and its event differ" for ref, seq in stored ^ set(told_of))
    yield from (f"{ref}: {seq} twice" for (ref, seq), n in Counter(told_of).items() if n > 1)


def leaders(grant: Grant) -> int:
    """How many routers lead: sessions that hold the lock."""
    with labour_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s", [LOCK])
        return int(cursor.fetchone()[0])


def _misplaced(card: BrandCard, grant: Grant) -> Iterator[str]:
    with tenant_scope(card, grant):
        rows = Interaction.objects.filter(state__in=[*OPEN, State.WRAP_UP]).only("ref", "state", "agent_id")
        open_ones = {row.ref: row for row in rows}
    with labour_scope():
        live = WorkItem.objects.live().filter(brand_id=card.id)
        items = list(live.only("interaction_ref", "state", "agent_id"))
    counts = Counter(item.interaction_ref for item in items)
    yield from (f"{ref}: {row.state}, no work item" for ref, row in open_ones.items() if ref not in counts)
    yield from (f"{ref}: {count} live work items" for ref, count in counts.items() if count > 1)
    yield from (fault for item in items if (fault := _fault(item, open_ones.get(item.interaction_ref))))


def _fault(item: WorkItem, row: Interaction | None) -> str:
    """Say what is wrong with a live item beside its interaction; "" for nothing."""
    state = State(row.state) if row else None
    if row is None or state is None or item.state not in PLACES.get(state, ()):
        return f"{item.interaction_ref}: {state}, its work item {item.state}"
    if state != State.QUEUED and item.agent_id != row.agent_id:
        return f"{item.interaction_ref}: with agent {row.agent_id}, its work item with {item.agent_id}"
    return ""


def _misoffered() -> Iterator[str]:
    """At most one offer of an item is live; an item that is offered is one that rings."""
    with labour_scope():
        live = Offer.objects.filter(state__in=[OfferState.PENDING, OfferState.ACCEPTED])
        counts = Counter(live.values_list("work_item_id", flat=True))
        ringing = set(Offer.objects.pending().values_list("work_item_id", flat=True))
        offered = set(WorkItem.objects.filter(state=ItemState.OFFERED).values_list("pk", flat=True))
    yield from (f"item {pk}: {count} live offers" for pk, count in counts.items() if count > 1)
    yield from (f"item {pk}: offered and not ringing, or the reverse" for pk in offered ^ ringing)
