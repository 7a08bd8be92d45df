"""Verbs on what is left out of the report, inside a tenant_scope: an emergency proposes, the client answers.

`actor` is how the trail names who did it (`user:7`), `shown` what the other side calls them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import NotFound, RoomError
from events.choices import ActorKind, Kind
from events.log import record
from interactions import actions as interactions
from interactions.hours import queue_ids_of
from interactions.values import ClosureView
from reporting.choices import ExclusionState
from reporting.models import Exclusion
from tenants.audit import audit
from tenants.binding import current_brand

MOST_WHY = 300
ANSWERS = (ExclusionState.ACCEPTED, ExclusionState.REFUSED)


class Refused(RoomError):
    """The answer is not acceptable; nothing changed."""

    status = 422
    code = "invalid"


class Answered(RoomError):
    """Somebody has answered otherwise before; nothing changed."""

    code = "answered"


def close_in_emergency(*, shown: str, actor: str, now: datetime, **closure: Any) -> ClosureView:
    """Close now, as `interactions.actions.close_now` does, and propose to leave that time out of the report.

    The same `key` again is the same closure and the same proposal. Raises Invalid, NotFound.
    """
    with transaction.atomic():
        view = interactions.close_now(actor=actor, now=now, **closure)
        queues = queue_ids_of(calendar_ref=view.calendar_ref, queue_ref=view.queue_ref)
        values = {
            "queue_ids": queues, "label": view.shut, "reason": view.reason, "started_at": view.started_at,
            "ended_at": view.ended_at, "proposed_by": actor, "proposed_shown": shown, "proposed_at": now,
        }  # fmt: skip
        row, made = Exclusion.objects.get_or_create(closure_ref=view.ref, defaults=values)
        if made:
            _note("exclusion.proposed", Kind.EXCLUSION_PROPOSED, row, {}, actor=actor, now=now)
    return view


def reopen(ref: UUID, *, actor: str, now: datetime) -> ClosureView:
    """End the closure now, and with it the time that is proposed to be left out.

    Raises NotFound; WrongState when it is over.
    """
    with transaction.atomic():
        view = interactions.reopen_hours(ref, actor=actor, now=now)
        Exclusion.objects.filter(closure_ref=ref).update(ended_at=view.ended_at)
    return view


def answer_exclusion(
    ref: UUID, *, answer: str, why: str = "", shown: str, actor: str, now: datetime
) -> ExclusionState:
    """Accept a proposal or refuse it, once; the same answer again changes nothing.

    A refusal says why. Raises Refused, Answered, NotFound.
    """
    with transaction.atomic():
        row = Exclusion.objects.select_for_update().filter(ref=ref).first()
        if row is None:
            raise NotFound
        state, why = _answer(answer, why.strip())
        if row.state == state:
            return state
        if row.state != ExclusionState.PROPOSED:
            raise Answered(_("%(name)s has answered this already.") % {"name": row.answered_shown})
        row.state, row.why, row.answered_at = state, why, now
        row.answered_by, row.answered_shown = actor, shown
        row.save(update_fields=["state", "why", "answered_at", "answered_by", "answered_shown"])
        diff = {"state": [ExclusionState.PROPOSED, state]}
        _note("exclusion.answered", Kind.EXCLUSION_ANSWERED, row, diff, actor=actor, now=now)
    return state


def _answer(answer: str, why: str) -> tuple[ExclusionState, str]:
    if answer not in ANSWERS:
        raise Refused(_("Accept it or refuse it."))
    if len(why) > MOST_WHY:
        raise Refused(_("Use at most %(most)d characters.") % {"most": MOST_WHY})
    if answer == ExclusionState.REFUSED and not why:
        raise Refused(_("Say why you refuse it."))
    return ExclusionState(answer), why


def _note(
    verb: str, kind: Kind, row: Exclusion, diff: Mapping[str, Any], *, actor: str, now: datetime
) -> None:
    named = f"exclusion:{row.pk} {row.label or interactions.EVERYTHING}"
    bound = current_brand()
    audit(verb, actor=actor, brand_id=bound, object=named, diff=dict(diff), reason=row.why, now=now)
    data = {"exclusion": str(row.ref), "closure": str(row.closure_ref), "state": row.state}
    record(kind, interaction_ref=None, n=0, actor_kind=ActorKind.SYSTEM, data=data, occurred_at=now)
