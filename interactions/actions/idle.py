"""A customer who says nothing is asked once whether they are still there; then the talk ends for its agent.

The timer is a row, `idle_due_at`: the agent's reply sets it, whatever the customer writes takes it away. Who
waits for an answer is never hurried. It is due until it is done, so a process that died costs a moment.
"""

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from events.choices import ActorKind, Kind
from interactions import idle
from interactions.access import lock_interaction
from interactions.actions.base import brand_id, note_event
from interactions.actions.messages import save_list_columns, say
from interactions.actions.resting import tell_holds
from interactions.actions.wrap_up import force_due, start_wrap_up
from interactions.choices import State
from interactions.clocks.ringing import ring_clocks
from interactions.live import announce_message
from interactions.models import Interaction
from interactions.queries import due_idle
from interactions.spoken import language_of, text_in
from tenants.cards import card_by_id

log = logging.getLogger(__name__)


def fire_due(*, now: datetime) -> int:
    """Do what is due in the brand: wrap-ups, silences, holds, clocks; returns how many."""
    done = force_due(now=now) + fire_idle(now=now) + tell_holds(now=now)
    return done + ring_clocks(now=now)


def fire_idle(*, now: datetime) -> int:
    """Ask or end wherever a silence is due, each by itself; returns how many."""
    fired = 0
    for ref in due_idle(now):
        try:
            fired += answer_silence(ref, now=now)
        except Exception:
            log.exception("the silence of %s was not answered", ref)
    return fired


def answer_silence(ref: UUID, *, now: datetime) -> bool:
    """Ask the customer whether they are there, or end the talk; false when neither is due. Raises NotFound.

    Meanwhile on hold, put off or with somebody else: then it is not the customer's turn, and nothing is due.
    """
    with transaction.atomic():
        row = lock_interaction(ref)
        if row.idle_due_at is None or row.idle_due_at > now:
            return False
        theirs = row.state == State.ACTIVE and row.waiting_since is None
        if theirs and row.nudged_at is None and row.queue.nudge_seconds:
            _nudge(row, now=now)
        elif theirs and row.queue.idle_close_seconds:
            start_wrap_up(row, by=ActorKind.SYSTEM, actor_id=None, code="customer_silent", now=now)
        else:
            idle.stop(row)
            row.save(update_fields=idle.IDLE_COLUMNS)
            return False
    return True


def _nudge(row: Interaction, *, now: datetime) -> None:
    idle.nudged(row, now=now)
    message = say(row, "nudged", body=_words(row), now=now)
    note_event(row, Kind.INTERACTION_NUDGED, now=now, actor_kind=ActorKind.SYSTEM, data={"seq": message.seq})
    save_list_columns(row)
    announce_message(
        brand_id=brand_id(), ref=row.ref, agent_id=row.agent_id, seq=message.seq, beside=row.beside
    )


def _words(row: Interaction) -> str:
    """Return the client's own words, else ours, in the customer's language."""
    card = card_by_id(brand_id())
    language = language_of(row.language, card.locales if card else ())
    if own := text_in(row.inbox.config, "nudge", language):
        return own
    with translation.override(language):
        return _("Are you still there? If we don't hear from you, we close this chat in a while.")
