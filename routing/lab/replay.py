"""A day that was: who came and how long each took, who was there, from the tables. Ids and numbers only."""

import statistics
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q

from routing.contracts import terms_of
from routing.lab.day import Contact, Day, Person, Queue
from routing.models import AgentCapacity, PoolMember, QueuePlan, WorkItem
from tenants.scope import labour_scope
from workforce.choices import Availability
from workforce.models import AgentSkill, Certification, StateInterval

USUAL = 300.0


def replayed_day(name: str, start: datetime, end: datetime) -> Day:
    """Read the day `[start, end)`: tests are left out; who came back is one contact, of their first coming.

    A contact that was never answered takes as long as its queue's others would have.
    """
    with labour_scope():
        items = list(
            WorkItem.objects.filter(
                enqueued_at__gte=start, enqueued_at__lt=end, is_test=False, requeued_at__isnull=True
            ).order_by("enqueued_at", "pk")
        )
        plans = list(QueuePlan.objects.filter(queue_id__in={item.queue_id for item in items}))
        people = _people(start, end)
    handles = _handles(items)
    contacts = [_contact(item, start, handles) for item in items if item.queue_id in handles]
    queues = tuple(
        Queue(plan.queue_id, plan.brand_id, plan.target_seconds, plan.units, plan.channel, terms_of(plan))
        for plan in plans
    )
    known = {queue.id for queue in queues}
    kept = tuple(contact for contact in contacts if contact.queue_id in known)
    return Day(name, (end - start).total_seconds(), queues, people, kept)


def _contact(item: WorkItem, start: datetime, handles: dict[int, float]) -> Contact:
    handle, patience = handles[item.queue_id], None
    if item.answered_at and item.ended_at:
        handle = max((item.ended_at - item.answered_at).total_seconds(), 1.0)
    elif item.ended_at:
        patience = (item.ended_at - item.enqueued_at).total_seconds()
    need = item.requirement.get("need", "")
    at = (item.enqueued_at - start).total_seconds()
    return Contact(item.pk, item.queue_id, at, handle, patience, need)


def _handles(items: Iterable[WorkItem]) -> dict[int, float]:
    """Return the mean seconds of work by queue."""
    found: dict[int, list[float]] = defaultdict(list)
    for item in items:
        own = found[item.queue_id]
        if item.answered_at and item.ended_at:
            own.append((item.ended_at - item.answered_at).total_seconds())
    return {queue: statistics.fmean(own) if own else USUAL for queue, own in found.items()}


def _people(start: datetime, end: datetime) -> tuple[Person, ...]:
    spans: dict[int, list[tuple[float, float]]] = defaultdict(list)
    rows = StateInterval.objects.overlapping(start, end).filter(
        availability=Availability.AVAILABLE, connected=True, is_correction=False
    )
    for row in rows.order_by("started_at"):
        begun = max((row.started_at - start).total_seconds(), 0.0)
        done = (min(row.ended_at or end, end) - start).total_seconds()
        if done > begun:
            spans[row.agent_id].append((begun, done))
    queues, skills = _queues(list(spans), start, end), _skills(list(spans))
    caps = dict(AgentCapacity.objects.filter(pk__in=spans).values_list("pk", "cap"))
    return tuple(
        Person(agent, tuple(times), queues[agent], skills.get(agent, {}), caps.get(agent, 100))
        for agent, times in spans.items()
        if agent in queues
    )


def _queues(agents: list[int], start: datetime, end: datetime) -> dict[int, dict[int, int]]:
    """Return the queues each was asked for at some time of the day, with their rank."""
    able = set(
        Certification.objects.filter(agent_id__in=agents, valid_from__lt=end)
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=start))
        .values_list("agent_id", "brand_id")
    )
    members = PoolMember.objects.filter(agent_id__in=agents, valid_from__lt=end).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=start), pool__queues__isnull=False
    )
    found: dict[int, dict[int, int]] = defaultdict(dict)
    served = members.values_list(
        "agent_id", F("pool__queues__plan_id"), F("pool__queues__plan__brand_id"), F("pool__queues__rank")
    )
    for agent, queue, brand, rank in served:
        if (agent, brand) in able:
            found[agent][queue] = min(rank, found[agent].get(queue, rank))
    return found


def _skills(agents: list[int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = AgentSkill.objects.filter(agent_id__in=agents).values_list("agent_id", "skill__code", "level")
    for agent, code, level in rows:
        found[agent][code] = level
    return found
