"""Questions about clocks and what is agreed for them; asked in a tenant_scope."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime

from interactions.choices import GOING_ON, CallbackState, ClockKind, ClockTime, Direction
from interactions.clocks.faces import ELAPSED, LIVE, Business, Hours
from interactions.clocks.models import Clock, ClockPolicy
from interactions.clocks.values import ClockView
from interactions.hours import hours_of_queues
from interactions.models import Callback, Interaction, Message

SHOWN = (
    "kind", "state", "why", "target_seconds", "counted", "consumed_us", "due_at", "breached_at", "met",
    "missed", "since", "queue_id",
)  # fmt: skip
INSTANTS = ("due_at", "breached_at", "since")
ORDER = {kind: place for place, kind in enumerate(ClockKind.values)}


def terms_in_force(queue_id: int, *, now: datetime) -> Mapping[str, Any]:
    """Return what the clocks of the queue's conversations go by: its own, else the client's; {}: nothing."""
    begun = ClockPolicy.objects.filter(Q(queue_id=queue_id) | Q(queue=None), effective_at__lte=now)
    last = begun.order_by("queue_id", "-effective_at", "-pk").distinct("queue_id")
    found = dict(last.values_list("queue_id", "terms"))
    own = found.get(queue_id)
    return found.get(None) or {} if own is None else own


def begun_from(policy: ClockPolicy, row: Interaction, *, now: datetime) -> list[datetime]:
    """Return when the agreement began, and each later one that the conversation goes by already, in order."""
    later = ClockPolicy.objects.filter(
        Q(queue_id=row.queue_id) | Q(queue=None), effective_at__gt=policy.effective_at, effective_at__lte=now
    )
    gone_by = [one.effective_at for one in later.order_by("effective_at") if not one.awaits(row)]
    return [policy.effective_at, *gone_by]


def hours_for(clocks: Iterable[Clock], *, queue_id: int, now: datetime) -> dict[int, Hours]:
    """Return whose hours count for these clocks, by queue id; none are read when all time counts.

    `queue_id`: where the conversation is now.
    """
    business = [one for one in clocks if one.counted == ClockTime.BUSINESS]
    if not business:
        return {}
    found = hours_of_queues(since=min([now, *(one.since for one in business if one.since)]))
    wanted = {queue_id, *(one.queue_id for one in business)}
    return {pk: Business(found[pk]) for pk in wanted if pk in found}


def hours_in(hours: Mapping[int, Hours], queue_id: int, counted: str) -> Hours:
    """Return which time counts for a clock of the queue."""
    return hours.get(queue_id, ELAPSED) if counted == ClockTime.BUSINESS else ELAPSED


def due_clocks(now: datetime, *, limit: int) -> list[UUID]:
    """Return the conversations with a clock whose target may be used up, the longest due first."""
    due = Clock.objects.filter(due_at__lt=now).order_by("due_at")
    return list(dict.fromkeys(due.values_list("interaction__ref", flat=True)[:limit]))


def was_said(row: Interaction, *, at: datetime) -> bool:
    """Tell whether a message of the customer's came at the instant."""
    return bool(Message.objects.filter(interaction=row, direction=Direction.IN, at=at).exists())


def goes_on(queue_id: int | None = None) -> "QuerySet[Interaction]":
    """Return the conversations of the queue that are not over; None: of every queue."""
    rows = Interaction.objects.filter(state__in=sorted(GOING_ON))
    waits = Callback.objects.filter(state=CallbackState.SCHEDULED)
    if queue_id is not None:
        rows, waits = rows.filter(queue_id=queue_id), waits.filter(interaction__queue_id=queue_id)
    pks = rows.order_by().values("pk").union(waits.values("interaction_id"), all=True)
    found: QuerySet[Interaction] = Interaction.objects.filter(pk__in=pks)
    return found


def business_clocks() -> "QuerySet[Clock]":
    """Return the clocks that go on and count opening hours."""
    live = Clock.objects.filter(state__in=sorted(LIVE), counted=ClockTime.BUSINESS)
    found: QuerySet[Clock] = live.filter(interaction__in=goes_on())
    return found


def to_apply(now: datetime) -> "QuerySet[ClockPolicy]":
    """Return the agreements that have begun and are not in force for all that goes on, in their order."""
    rows = ClockPolicy.objects.filter(applied_at__isnull=True, effective_at__lte=now)
    found: QuerySet[ClockPolicy] = rows.order_by("effective_at", "pk")
    return found


def clocks_json() -> ArraySubquery:
    """The clocks of a row of interactions, to be selected with it; `views` reads them."""
    of = Clock.objects.filter(interaction=OuterRef("pk"))
    return ArraySubquery(of.values(one=JSONObject(**{name: name for name in SHOWN})))


def views(found: Iterable[Mapping[str, Any]]) -> tuple[ClockView, ...]:
    """Return the clocks of a row as values, in the order of their kinds."""
    made = [ClockView(**dict(one) | {name: _instant(one[name]) for name in INSTANTS}) for one in found]
    return tuple(sorted(made, key=lambda one: ORDER[one.kind]))


def with_hours(clocks: Sequence[tuple[ClockView, ...]], *, now: datetime) -> list[tuple[ClockView, ...]]:
    """Return the clocks of these conversations, those of which opening hours decide what they show with them.

    No statement where none is, else some, however many there are.
    """
    since = [one.since for of in clocks for one in of if one.since and one.needs_hours(now)]
    if not since:
        return list(clocks)
    hours = {pk: Business(calendar) for pk, calendar in hours_of_queues(since=min(since)).items()}
    return [
        tuple(
            replace(one, hours=hours_in(hours, one.queue_id, one.counted)) if one.needs_hours(now) else one
            for one in of
        )
        for of in clocks
    ]


def clocks_of(ref: UUID) -> tuple[ClockView, ...]:
    """Return the clocks of one conversation."""
    return views(Clock.objects.filter(interaction__ref=ref).values(*SHOWN))


def _instant(value: Any) -> datetime | None:
    return parse_datetime(value) if isinstance(value, str) else value
