"""The verb that changes what is agreed for a client's clocks, inside a tenant_scope.

An agreement is never changed: the next one takes its place from an instant on. It is in force at once for
what begins from then on; what goes on already is brought in line by `ringing.apply_policies`.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import NotFound
from events.choices import ActorKind, Kind
from events.log import record
from interactions.clocks.models import ClockPolicy
from interactions.clocks.terms import wrong_terms
from interactions.errors import Invalid
from interactions.models import Queue
from tenants.audit import audit
from tenants.binding import current_brand
from tenants.cards import is_sandbox


def save_policy(
    *, key: UUID, queue_ref: UUID | None, terms: Mapping[str, Any] | None, from_date: date, zone: ZoneInfo,
    shown: str, actor: str, now: datetime,
) -> ClockPolicy:  # fmt: skip
    """Agree on these terms from the day on; today is at once. The same `key` again is the same agreement.

    `queue_ref` None: for every queue without terms of its own; `terms` None: the queue goes by those again.
    `zone` is the brand's. Raises Invalid, NotFound.
    """
    today = now.astimezone(zone).date()
    _refuse(wrong_terms(terms or {}))
    if from_date < today:
        _refuse({"from_date": _("Choose today or a later day: what is over stays as it was.")})
    with transaction.atomic():
        queue = _queue(queue_ref)
        made: ClockPolicy | None = ClockPolicy.objects.filter(key=key).first()
        if made:
            return made
        begins = now if from_date == today else datetime.combine(from_date, time(), tzinfo=zone)
        row: ClockPolicy = ClockPolicy.objects.create(
            key=key, queue=queue, terms=None if terms is None else dict(terms), effective_at=begins,
            made_shown=shown, made_at=now,
        )  # fmt: skip
        _note(row, _before(row), actor=actor, now=now)
    return row


def _queue(ref: UUID | None) -> Queue | None:
    """Return the queue, locked, so that of two agreements at once one comes after the other."""
    if ref is None:
        return None
    found: Queue | None = Queue.objects.select_for_update(no_key=True).filter(ref=ref).first()
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
    record(
        Kind.CLOCKS_CHANGED, interaction_ref=None, n=0, actor_kind=ActorKind.SYSTEM,
        is_test=is_sandbox(brand), data=data, occurred_at=now,
    )  # fmt: skip


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
