"""Verbs on incidents, inside a tenant_scope: write one, say when it was over, take it back.

They explain numbers and change none, so they may be written of days that are over. `actor` is how the trail
names who did it (`user:7`), `shown` what the list calls them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import NotFound
from events.choices import Kind
from events.log import record
from interactions.errors import Invalid
from interactions.queries import queue_names
from reporting.incidents import Annotation
from tenants.audit import audit
from tenants.binding import current_brand

MOST_TEXT, MOST_LABEL = 160, 200


def write_incident(
    *, key: UUID, text: str, started_at: datetime, ended_at: datetime | None, queue_ids: Sequence[int],
    shown: str, actor: str, now: datetime,
) -> Annotation:  # fmt: skip
    """Say what happened, from when to when; None: it goes on. The same `key` again is the same incident.

    Raises Invalid: no words, an end before its start, what is to come, queues of nobody.
    """
    names, text = queue_names(), text.strip()
    with transaction.atomic():
        made: Annotation | None = Annotation.objects.filter(key=key).first()
        if made:
            return made
        wrong = _wrong_words(text) | _wrong_times(started_at, ended_at, now)
        if not set(queue_ids) <= set(names):
            wrong["queue_ids"] = _("Choose queues of this client.")
        _refuse(wrong)
        queues = sorted(set(queue_ids))
        row: Annotation
        row, is_new = Annotation.objects.get_or_create(
            key=key,
            defaults={
                "text": text, "started_at": started_at, "ended_at": ended_at, "queue_ids": queues,
                "label": ", ".join(names[one] for one in queues)[:MOST_LABEL], "written_shown": shown,
                "written_at": now,
            },
        )  # fmt: skip
        if is_new:
            _note("incident.written", Kind.INCIDENT_WRITTEN, row, {}, actor=actor, now=now)
    return row


def end_incident(ref: UUID, *, ended_at: datetime, actor: str, now: datetime) -> Annotation:
    """Say when it was over; said again it changes nothing. Raises Invalid, NotFound."""
    with transaction.atomic():
        row = _named(ref)
        if row.ended_at == ended_at:
            return row
        _refuse(_wrong_times(row.started_at, ended_at, now))
        diff = {"ended_at": [row.ended_at.isoformat() if row.ended_at else None, ended_at.isoformat()]}
        row.ended_at = ended_at
        row.save(update_fields=["ended_at"])
        _note("incident.ended", Kind.INCIDENT_ENDED, row, diff, actor=actor, now=now)
    return row


def withdraw_incident(ref: UUID, *, actor: str, now: datetime) -> Annotation:
    """Take it back: no report shows it any more. Again it changes nothing. Raises NotFound."""
    with transaction.atomic():
        row = _named(ref, standing=False)
        if row.withdrawn_at is None:
            row.withdrawn_at = now
            row.save(update_fields=["withdrawn_at"])
            _note("incident.withdrawn", Kind.INCIDENT_WITHDRAWN, row, {}, actor=actor, now=now)
    return row


def _named(ref: UUID, *, standing: bool = True) -> Annotation:
    rows = Annotation.objects.standing() if standing else Annotation.objects.all()
    row: Annotation | None = rows.select_for_update().filter(ref=ref).first()
    if row is None:
        raise NotFound
    return row


def _wrong_words(text: str) -> dict[str, str]:
    if not text:
        return {"text": _("Say in a few words what happened.")}
    if len(text) > MOST_TEXT:
        return {"text": _("Use at most %(most)d characters.") % {"most": MOST_TEXT}}
    return {}


def _wrong_times(started_at: datetime, ended_at: datetime | None, now: datetime) -> dict[str, str]:
    if started_at > now:
        return {"started_at": _("This is still to come.")}
    if ended_at is not None and ended_at <= started_at:
        return {"ended_at": _("It ends before it begins.")}
    if ended_at is not None and ended_at > now:
        return {"ended_at": _("This is still to come. Leave it empty while it goes on.")}
    return {}


def _refuse(wrong: dict[str, str]) -> None:
    if wrong:
        raise Invalid(wrong)


def _note(
    verb: str, kind: Kind, row: Annotation, diff: Mapping[str, Any], *, actor: str, now: datetime
) -> None:
    named = f"incident:{row.pk} {row.text}"
    audit(verb, actor=actor, brand_id=current_brand(), object=named, diff=dict(diff), now=now)
    data = {
        "incident": str(row.ref), "from": row.started_at.isoformat(),
        "until": row.ended_at.isoformat() if row.ended_at else None, "queues": row.queue_ids,
    }  # fmt: skip
    record(kind, data=data, occurred_at=now)
