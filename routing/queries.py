"""Questions other rooms ask. Each runs in the labour scope; rows of this room hold nobody's data."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When

from core import clock
from interactions.values import Place
from routing.choices import ItemState, OfferState, WithdrawReason
from routing.lines import WHOLE
from routing.loading import load_gates
from routing.models import Offer, Overflow, PoolMember, QueuePlan, WorkItem
from routing.overflow import Rule
from routing.querysets import LEASE, WorkItemQuerySet
from routing.values import Ringing
from routing.waits import MOST, WINDOW_SECONDS, Wait, expected, waits_of
from routing.writes import run_here
from tenants.scope import labour_scope
from workforce.actions.presence import GRACE_SECONDS
from workforce.choices import Availability
from workforce.models import AgentState, Engagement, Node
from workforce.queries import certified, seated

RINGING = f"""
SELECT o.ref, o.brand_id, i.interaction_ref, o.made_at, o.expires_at, i.enqueued_at,
       coalesce(o.explanation->>'why', ''), i.asked_by_id
  FROM routing_offer o JOIN routing_workitem i ON i.id = o.work_item_id
 WHERE o.agent_id = %s AND o.state = '{OfferState.PENDING}' AND o.expires_at > %s
 ORDER BY o.expires_at, o.id
"""  # noqa: S608
SLOTS = f"""
SELECT count(*) FILTER (WHERE i.state = '{ItemState.ACCEPTED}'),
       count(*) FILTER (WHERE i.state = '{ItemState.WRAP_UP}'),
       (SELECT count(*) FROM routing_offer
         WHERE agent_id = me.id AND state = '{OfferState.PENDING}' AND expires_at > %(now)s::timestamptz),
       coalesce((SELECT max(units) FROM routing_queueplan WHERE brand_id = ANY(%(brands)s::bigint[])),
         %(units)s),
       coalesce(max(c.cap - c.used), %(whole)s)
  FROM (SELECT %(agent_id)s::bigint AS id) me
  LEFT JOIN routing_agentcapacity c ON c.agent_id = me.id
  LEFT JOIN routing_workitem i ON i.agent_id = me.id AND i.ended_at IS NULL
 GROUP BY me.id
"""  # noqa: S608
KEPT_SECONDS = 5
MOST_KEPT = 1000
_lines: dict[int, "tuple[datetime, Line]"] = {}  # by queue; numbers alone, stale by seconds at most
AT_WORK = (Availability.AVAILABLE, Availability.AWAY)


class Slots(NamedTuple):
    """How full an agent is: items by what becomes of them, and how many of the largest still fit."""

    talking: int
    wrapping: int
    ringing: int
    free: int


class Line(NamedTuple):
    """A queue's line: how long others waited, and whether who waits may leave a message, or be called."""

    waits: Sequence[Wait]
    may_leave: bool
    may_call: bool


def ringing_for(agent_id: int, *, now: datetime) -> list[Ringing]:
    """Return what rings at the agent's, what ends first first. Written out: every offer goes this way."""
    with labour_scope(), connection.prepared() as cursor:  # type: ignore[attr-defined]
        cursor.execute(RINGING, [agent_id, now])
        return [Ringing(*row) for row in cursor.fetchall()]


def slots_of(agent_id: int, *, brands: Sequence[int], now: datetime) -> Slots:
    """Return how full the agent is, the largest of these brands' chats counted. Written out, as the above."""
    values = {
        "agent_id": agent_id,
        "brands": list(brands),
        "now": now,
        "units": QueuePlan().units,
        "whole": WHOLE,
    }
    with labour_scope(), connection.prepared() as cursor:  # type: ignore[attr-defined]
        cursor.execute(SLOTS, values)
        talking, wrapping, ringing, units, left = cursor.fetchone()
    return Slots(talking, wrapping, ringing, max(0, left) // units)


def work_list(agent_id: int) -> list[WorkItem]:
    """Return what the agent is on over all brands, oldest first, each with its `queue_label`: one query."""
    with labour_scope():
        mine = WorkItem.every.with_agent().filter(agent_id=agent_id)
        return list(mine.annotate(queue_label=_label()).order_by("answered_at", "pk"))


def place(
    brand_id: int, queue_id: int, interaction_ref: UUID | None, *, now: datetime | None = None
) -> Place:
    """Return where the interaction stands in its queue's line (1 = next), and whether the queue is staffed.

    Those whose customer has gone for now are not counted before it: they are passed over.
    """
    now = now or clock.now()
    with labour_scope():
        position = _position(brand_id, queue_id, interaction_ref, now) if interaction_ref else None
    here = staffed(brand_id, queue_id, now=now)
    if not position:
        return Place(position=None, staffed=here)
    line = line_now(queue_id, now=now)
    wait = expected(line.waits, position) if here else None
    return Place(position=position, staffed=here, wait=wait, may_leave=line.may_leave, may_call=line.may_call)


def line_now(queue_id: int, *, now: datetime) -> Line:
    """Return what is the same for all who wait in the queue; read once for who asks within KEPT_SECONDS."""
    kept = _lines.get(queue_id)
    if kept and abs((now - kept[0]).total_seconds()) < KEPT_SECONDS:
        return kept[1]
    with labour_scope():
        offers = [
            (Rule(row.pk, row.plan_id, row.when, row.threshold), bool(row.callback))
            for row in Overflow.objects.standing().filter(
                Q(message=True) | Q(callback=True), plan_id=queue_id
            )
        ]
        gates = load_gates(run_here, [rule for rule, _calls in offers], now)
        calls = {is_call for rule, is_call in offers if rule.id in gates}
        line = Line(_recent_waits(queue_id, now), False in calls, True in calls)
    if len(_lines) >= MOST_KEPT:
        _lines.clear()
    _lines[queue_id] = now, line
    return line


def _recent_waits(queue_id: int, now: datetime) -> Sequence[Wait]:
    """The newest waits that ended with an answer, without tests, left messages, and who came back."""
    since = now - timedelta(seconds=WINDOW_SECONDS)
    answered = WorkItem.objects.filter(
        queue_id=queue_id, answered_at__gt=since, answered_at__lte=now, is_test=False, waits=False,
        requeued_at__isnull=True,
    )  # fmt: skip
    spans = answered.order_by("-answered_at").values_list("enqueued_at", "answered_at")[:MOST]
    return waits_of([(start, end) for start, end in spans if end])


def staffed(brand_id: int, queue_id: int, *, now: datetime | None = None) -> bool:
    """Tell whether somebody who may be asked for the queue is at work: available, or away for a while."""
    now = now or clock.now()
    with labour_scope():
        here = AgentState.objects.connected(now - timedelta(seconds=GRACE_SECONDS)).filter(
            availability__in=AT_WORK
        )
        able = certified(now).filter(brand_id=brand_id).values("agent_id")
        asked = PoolMember.objects.valid(now).filter(pool__queues__plan_id=queue_id).values("agent_id")
        return here.exclude(next_availability=Availability.OFFLINE).filter(
            agent_id__in=able
        ).filter(agent_id__in=asked).exists()  # fmt: skip


def unready_offers(now: datetime, *, agent_id: int | None = None) -> list[tuple[Offer, WithdrawReason]]:
    """Return pending offers of agents who are not there, or not available any more, and which of the two.

    Who lost their seat in the offer's brand is not available to it, whatever their state says; nor is who
    planned to be something else when the work at hand is done.
    """
    grace = now - timedelta(seconds=GRACE_SECONDS)
    here = Q(agent__state__connected=True) & (
        Q(agent__state__lost_at__isnull=True) | Q(agent__state__lost_at__gt=grace)
    )
    available = Q(agent__state__availability=Availability.AVAILABLE, agent__state__next_availability="")
    offers = Offer.objects.pending().alias(seated=seated(now)).exclude(here & available & Q(seated=True))
    if agent_id is not None:
        offers = offers.filter(agent_id=agent_id)
    found = offers.annotate(is_lost=available & Q(seated=True)).order_by("pk")
    return [(offer, _why_unready(offer)) for offer in found]


def unseen_visitors(now: datetime) -> dict[int, tuple[str, datetime]]:
    """Return {item id: (node, since when at the latest)} of those whose customer no living server sees.

    A node whose lease ran out was last heard of at its beat; of one that is forgotten no more is known than
    that its lease is over. Without a node the server that stored the first message died before it could say
    that the customer is there, so that nothing is known of them since.
    """
    beat = Subquery(Node.objects.filter(name=OuterRef("visitor_node")).values("beat_at")[:1])
    rows = WorkItem.objects.unseen(now).annotate(beat_at=beat).order_by("pk")
    return {row.pk: (row.visitor_node, _unseen_since(row, now)) for row in rows}


def lost_work(now: datetime, *, after: timedelta, item_id: int | None = None) -> list[WorkItem]:
    """Return conversations whose agent has been gone for so long, or has no seat in the brand any more.

    Each with `lost_at`, the instant its agent went; None for one who is there. `item_id` asks for that one.
    """
    return _lost(WorkItem.objects.all(), now, after, item_id)


def lost_places(now: datetime, *, after: timedelta, item_id: int | None = None) -> list[WorkItem]:
    """Return places beside an agent whose own agent is lost as above."""
    return _lost(WorkItem.consults.all(), now, after, item_id)


def brands_with_rests() -> list[int]:
    """Return the brands in which an agent has work that they do not count time for at the moment."""
    counted = Engagement.objects.open().filter(work_item_id=OuterRef("pk"), agent_id=OuterRef("agent_id"))
    at_rest = Q(state=ItemState.SLEEPING) | Q(state=ItemState.ACCEPTED) & ~Exists(counted)
    return list(WorkItem.objects.filter(at_rest).values_list("brand_id", flat=True).distinct())


def _lost(
    items: WorkItemQuerySet[WorkItem], now: datetime, after: timedelta, item_id: int | None
) -> list[WorkItem]:
    gone = Q(agent__state__connected=False, agent__state__lost_at__lte=now - after)
    talking = items.filter(state=ItemState.ACCEPTED, **({"pk": item_id} if item_id else {}))
    lost_at = Case(When(agent__state__connected=False, then=F("agent__state__lost_at")))
    return list(talking.filter(gone | ~Q(seated(now))).annotate(lost_at=lost_at).order_by("pk"))


def _unseen_since(row: WorkItem, now: datetime) -> datetime:
    queued_at = row.requeued_at or row.enqueued_at
    if not row.visitor_node:
        return queued_at
    return max(row.beat_at or now - LEASE, queued_at)  # type: ignore[attr-defined]


def _position(brand_id: int, queue_id: int, interaction_ref: UUID, now: datetime) -> int | None:
    waiting = WorkItem.objects.waiting()
    own = waiting.of(brand_id, interaction_ref).values_list("order_key", "pk").first()
    if own is None:
        return None
    before = Q(order_key__lt=own[0]) | Q(order_key=own[0], pk__lt=own[1])
    return waiting.filter(before, queue_id=queue_id).present(now).count() + 1


def _why_unready(offer: Offer) -> WithdrawReason:
    return WithdrawReason.AGENT_LOST if offer.is_lost else WithdrawReason.AGENT_AWAY  # type: ignore[attr-defined]


def _label() -> Subquery:
    return Subquery(QueuePlan.objects.filter(queue_id=OuterRef("queue_id")).values("label")[:1])
