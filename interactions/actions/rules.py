"""Verbs on the rules by which an inbox's contacts get their queue. Each raises Invalid, NotFound, WrongState.

`actor` is how the trail names who did it. The inbox's row is locked first, so that two changes at once keep
one order.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import NotFound
from core.ids import new_ref
from interactions.actions.base import brand_id
from interactions.errors import Invalid, Refused, WrongState
from interactions.models import Calendar, Inbox, Queue, RoutingRule
from interactions.placing import UNDO
from interactions.rules import MOST_RULES, Errors, Rule, rule_errors
from tenants.audit import audit, changes, values_of
from workforce.needs import parse
from workforce.queries import skill_codes

FIELDS = ("name", "conditions", "queue_id", "need", "priority")


def save_rule(
    ref: UUID | None = None,
    *,
    inbox_ref: UUID,
    name: str,
    conditions: Sequence[Mapping[str, Any]],
    queue_ref: UUID,
    need: str = "",
    priority: int = 0,
    version: int | None = None,
    actor: str,
    now: datetime,
) -> RoutingRule:
    """Make a rule, last in its inbox, or change the one of that ref; each change is a new version.

    A new one with the `ref` of a rule that was made already is that rule: sent twice is once. `version`: what
    the caller has seen of one that stands; WrongState when it was changed since.
    """
    with transaction.atomic():
        inbox, queue = _lock_inbox(inbox_ref), _queue(queue_ref)
        row: RoutingRule | None = RoutingRule.objects.filter(ref=ref, inbox=inbox).first() if ref else None
        if row is not None and version is None:
            return row
        if version is not None and (row is None or row.removed_at):
            raise NotFound
        said = Rule(new_ref(now), 0, name, tuple(conditions), queue.pk, need, priority)
        if wrong := check_rule(said):
            raise Invalid(wrong)
        row = row or _new_rule(inbox, ref, now)
        if version is not None and version != row.version:
            raise WrongState(_("Somebody changed this rule meanwhile. Look at it, then change it again."))
        before = values_of(row, FIELDS) if row.version else {}
        row.name, row.conditions, row.queue = name.strip(), [dict(one) for one in conditions], queue
        row.need, row.priority = str(parse(need)) if need.strip() else "", priority
        if diff := changes(before, values_of(row, FIELDS)):
            row.version += 1
            row.save()
            _note("rule.changed" if before else "rule.created", row, diff, actor=actor, now=now)
    return row


def check_rule(said: Rule) -> Errors:
    """Return what is wrong with a rule, by field or kind of condition; {} when it can be saved."""
    wrong = rule_errors(
        name=said.name,
        conditions=said.conditions,
        need=said.need,
        priority=said.priority,
        skills=skill_codes(),
    )
    return wrong or _unknown_hours(said.conditions)


def move_rule(ref: UUID, *, to: int, actor: str, now: datetime) -> int:
    """Put the rule at that place of its inbox's order, 0 being the first; returns the place it has."""
    with transaction.atomic():
        row = _lock_rule(ref)
        order = list(_standing(row.inbox_id))
        was = [each.pk for each in order].index(row.pk)
        place = min(max(to, 0), len(order) - 1)
        if place != was:
            order.insert(place, order.pop(was))
            for position, each in enumerate(order):
                if each.position != position:
                    RoutingRule.objects.filter(pk=each.pk).update(position=position)
            _note("rule.moved", row, {"place": [was + 1, place + 1]}, actor=actor, now=now)
    return place


def remove_rule(ref: UUID, *, actor: str, now: datetime) -> RoutingRule:
    """Take the rule out of the order; it can be put back for 30 days."""
    with transaction.atomic():
        row = _lock_rule(ref)
        row.removed_at = now
        row.save(update_fields=["removed_at"])
        _note("rule.removed", row, {}, actor=actor, now=now)
    return row


def restore_rule(ref: UUID, *, actor: str, now: datetime) -> RoutingRule:
    """Put a removed rule back, at the place it had or the last one. One that stands stays: twice is once."""
    with transaction.atomic():
        row: RoutingRule | None = RoutingRule.objects.filter(ref=ref).first()
        if row is None or (row.removed_at and row.removed_at <= now - UNDO):
            raise NotFound
        _lock_inbox(row.inbox.ref)
        row.refresh_from_db()
        if row.removed_at is None:
            return row
        _check_room(row.inbox_id)
        row.removed_at = None
        row.save(update_fields=["removed_at"])
        _note("rule.restored", row, {}, actor=actor, now=now)
    return row


def _lock_inbox(ref: UUID) -> Inbox:
    row: Inbox | None = Inbox.objects.select_for_update().filter(ref=ref).first()
    if row is None:
        raise NotFound
    return row


def _lock_rule(ref: UUID) -> RoutingRule:
    """Return a rule that stands, its inbox locked before it is read."""
    inbox = Inbox.objects.filter(rules__ref=ref).first()
    if inbox is None:
        raise NotFound
    _lock_inbox(inbox.ref)
    row: RoutingRule | None = RoutingRule.objects.filter(ref=ref, removed_at__isnull=True).first()
    if row is None:
        raise NotFound
    return row


def _queue(ref: UUID) -> Queue:
    row: Queue | None = Queue.objects.filter(ref=ref).first()
    if row is None:
        raise NotFound
    return row


def _standing(inbox_id: int) -> Any:
    rows = RoutingRule.objects.filter(inbox_id=inbox_id, removed_at__isnull=True)
    return rows.order_by("position", "pk")


def _new_rule(inbox: Inbox, ref: UUID | None, now: datetime) -> RoutingRule:
    _check_room(inbox.pk)
    last = _standing(inbox.pk).last()
    return RoutingRule(
        ref=ref or new_ref(now), inbox=inbox, position=last.position + 1 if last else 0, version=0
    )


def _check_room(inbox_id: int) -> None:
    if _standing(inbox_id).count() >= MOST_RULES:
        raise Refused(_("There are too many rules. Remove one that is not needed."))


def _unknown_hours(conditions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    refs = [str(one.get("calendar")) for one in conditions if one.get("kind") == "hours"]
    try:
        known = {str(ref) for ref in Calendar.objects.filter(ref__in=refs).values_list("ref", flat=True)}
    except (ValueError, TypeError):
        return {}
    return {} if set(refs) <= known else {"hours": _("These hours are not there any more.")}


def _note(verb: str, row: RoutingRule, diff: dict[str, Any], *, actor: str, now: datetime) -> None:
    named = f"rule:{row.pk} {row.name}"
    audit(verb, actor=actor, brand_id=brand_id(), object=named, diff=diff, now=now)
