"""What was no contact at all: spam, a duplicate, meant for another brand. Never counted as offered.

It is a wrap-up of ten seconds whose outcome stands already: until then the agent's units are held, so that
taking it back gives the conversation back to them as it was, and a process that died changes nothing.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.choices import ActorKind, Kind
from interactions.access import lock_interaction
from interactions.actions.base import note_event
from interactions.actions.settings import save_disposition
from interactions.actions.wrap_up import announce_wrap_up, start_wrap_up, take_wrap_up_back
from interactions.choices import DispositionKind, State
from interactions.errors import NotYours, Refused, WrongState
from interactions.models import Disposition, Interaction

UNDO = timedelta(seconds=10)
VOID: tuple[tuple[str, Promise], ...] = (
    ("spam", gettext_lazy("Spam")),
    ("duplicate", gettext_lazy("Duplicate")),
    ("wrong_brand", gettext_lazy("Wrong brand")),
)
"""(code, words) of the outcomes that every brand has; its own words for them may be others."""


def mark_not_a_contact(ref: UUID, *, agent_id: int, code: str, now: datetime) -> None:
    """End it as no contact, for its agent, in talk or in wrap-up; no reason is asked, nothing is sent.

    Again, or with another code, begins the ten seconds anew. Raises Refused, NotYours, WrongState, NotFound.
    """
    with transaction.atomic():
        row = _of(ref, agent_id)
        outcome = _outcome(code)
        if row.state != State.WRAP_UP:
            start_wrap_up(row, by=ActorKind.AGENT, actor_id=agent_id, code="agent_ended", lasts=UNDO, now=now)
        row.wrap_up_due_at = now + UNDO
        row.reason, row.outcome = None, outcome
        note_event(
            row, Kind.INTERACTION_VOIDED, now=now, actor_kind=ActorKind.AGENT, actor_id=agent_id,
            data={"outcome": code},
        )  # fmt: skip
        row.save()
        announce_wrap_up(row, now=now)


def undo_not_a_contact(ref: UUID, *, agent_id: int, now: datetime) -> None:
    """Take it back within the ten seconds: the talk goes on, or the wrap-up it came from begins anew.

    Raises WrongState (too late, or it was not marked), NotYours, NotFound.
    """
    with transaction.atomic():
        row = _of(ref, agent_id)
        if row.state != State.WRAP_UP or not row.is_void or row.wrap_up_due_at is None:
            raise WrongState(_("It is too late to take this back. Correct its outcome instead."), code="late")
        if row.wrap_up_at and row.wrap_up_at + UNDO == row.wrap_up_due_at:
            take_wrap_up_back(row, by=ActorKind.AGENT, actor_id=agent_id, now=now)
            return
        row.reason = row.outcome = None
        row.wrap_up_due_at = now + timedelta(seconds=row.queue.wrap_up_seconds)
        note_event(
            row, Kind.INTERACTION_VOIDED, now=now, actor_kind=ActorKind.AGENT, actor_id=agent_id,
            data={"outcome": ""},
        )  # fmt: skip
        row.save()
        announce_wrap_up(row, now=now)


def _of(ref: UUID, agent_id: int) -> Interaction:
    row = lock_interaction(ref)
    if row.agent_id != agent_id:
        raise NotYours
    return row


def _outcome(code: str) -> Disposition:
    """Return the brand's outcome of that code, made when a brand of before has none yet."""
    words = dict(VOID).get(code)
    if words is None:
        raise Refused(_("Choose why this is no contact."), code="no_outcome")
    outcomes = Disposition.objects.filter(kind=DispositionKind.OUTCOME)
    codes = (code, f"no_contact_{code}")  # a brand may have an outcome of that name that counts
    found: Disposition | None = outcomes.filter(code__in=codes, not_a_contact=True).first()
    if found:
        return found
    free = codes[1] if outcomes.filter(code=code).exists() else code
    place = 100 + [known for known, _words in VOID].index(code)
    return save_disposition(DispositionKind.OUTCOME, free, str(words), position=place, not_a_contact=True)
