"""The verb that changes what is agreed for a client's clocks, inside a tenant_scope.

An agreement is never changed: the next one takes its place from an instant on. It is in force at once for
what begins from then on; what goes on already is brought in line by `ringing.apply_policies`.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core.errors import NotFound
from events.choices import Kind
from events.log import record
from interactions.clocks.models import ClockPolicy
from interactions.clocks.terms import wrong_terms
from interactions.errors import Invalid
from interactions.models import Queue
from interactions.queries import queue_refs
from tenants.audit import audit
from tenants.binding import current_brand
from tenants.locks import alone

LOCK = 7_266
"""One at a time in a brand, so that of two agreements at once one comes after the other."""

FIRST = UUID("0e1b2f4c-93f5-5d0e-8f0a-6c1f7d2a9b31")


def save_policy(
    *, key: UUID, queue_ref: UUID | None, terms: Mapping[str, Any] | None, from_date: date, zone: ZoneInfo,
    shown: str, actor: str, now: datetime,
) -> ClockPolicy:  # fmt: skip
    """Agree on these terms from the day on; today is at once. The same `key` again is the same agreement.

    `queue_ref` None: for every queue without terms of its own; `terms` None: the queue goes by those again.
    `zone` is the brand's. Raises Invalid, NotFound.
    """
    today = now.astimezone(zone).date()
    with transaction.atomic():
        alone(LOCK)
        made: ClockPolicy | None = ClockPolicy.objects.filter(key=key).first()
        if made:
            return made
        _refuse(wrong_terms(terms or {}))
        if from_date < today:
            _refuse({"from_date": _("Choose today or a later day: what is over stays as it was.")})
        queue = _queue(queue_ref)
        begins = now if from_date == today else datetime.combine(from_date, time(), tzinfo=zone)
        row: ClockPolicy = ClockPolicy.objects.create(
            key=key, queue=queue, terms=None if terms is None else dict(terms), effective_at=begins,
            made_shown=shown, made_at=now,
        )  # fmt: skip
        _note(row, _before(row), actor=actor, now=now)
    return row


def agree_at_first(
    wanted: Mapping[int | None, Mapping[str, Any]], *, shown: str, zone: ZoneInfo, actor: str, now: datetime
) -> None:
    """Let a client that was never live go by exactly these terms of what was said here; what was agreed
    elsewhere stays. By queue id, None: all queues.
    """
    standing = last_agreed()
    refs = queue_refs() if {*wanted, *standing} - {None} else {}
    for queue_id in sorted({*wanted, *standing}, key=lambda pk: pk or 0):
        last, terms = standing.get(queue_id), wanted.get(queue_id, None if queue_id else {})
        if last is None or (last.key == _first_key(last) and last.terms != terms):
            row = ClockPolicy(queue_id=queue_id, terms=terms, effective_at=now)
            save_policy(
                key=_first_key(row), queue_ref=refs[queue_id] if queue_id else None, terms=terms,
                from_date=now.astimezone(zone).date(), zone=zone, shown=shown, actor=actor, now=now,
            )  # fmt: skip


def last_agreed() -> dict[int | None, ClockPolicy]:
    """Return what was agreed last, by queue id (None: all); it may begin on a later day."""
    by_queue = F("queue_id").asc(nulls_first=True)
    rows = ClockPolicy.objects.order_by(by_queue, "-effective_at", "-pk").distinct("queue_id")
    return {row.queue_id: row for row in rows}


def _first_key(row: ClockPolicy) -> UUID:
    """The key of an agreement that `agree_at_first` made: of all it says."""
    said = [row.queue_id, row.terms, row.effective_at.isoformat()]
    return uuid5(FIRST, json.dumps(said, sort_keys=True))


def _queue(ref: UUID | None) -> Queue | None:
    if ref is None:
        return None
    found: Queue | None = Queue.objects.filter(ref=ref).first()
    if found is None:
        raise NotFound
    return found


def _before(row: ClockPolicy) -> Mapping[str, Any] | None:
    begun = ClockPolicy.objects.filter(queue=row.queue, effective_at__lte=row.effective_at).exclude(pk=row.pk)
    found: Mapping[str, Any] | None = (
        begun.order_by("-effective_at", "-pk").values_list("terms", flat=True).first()
    )
    return found


def _note(row: ClockPolicy, before: Mapping[str, Any] | None, *, actor: str, now: datetime) -> None:
    brand = current_brand() or 0
    old, new = _flat(before), _flat(row.terms)
    diff = {
        name: [old.get(name), new.get(name)]
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    }
    named = f"queue:{row.queue.pk} {row.queue.name}" if row.queue else "brand"
    audit("clocks.changed", actor=actor, brand_id=brand, object=named, diff=diff, now=now)
    data = {
        "policy": str(row.ref), "queue_id": row.queue_id, "terms": row.terms,
        "from": row.effective_at.isoformat(),
    }  # fmt: skip
    record(Kind.CLOCKS_CHANGED, data=data, occurred_at=now)


def _flat(terms: Mapping[str, Any] | None) -> dict[str, Any]:
    """{"first": {"seconds": 60}} -> {"first.seconds": 60}"""
    return {
        f"{kind}.{name}": ", ".join(said) if isinstance(said, list) else said
        for kind, own in (terms or {}).items()
        for name, said in own.items()
    }


def _refuse(wrong: dict[str, str]) -> None:
    if wrong:
        raise Invalid(wrong)
