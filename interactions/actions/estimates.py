"""What a waiting customer was told of the wait: in the log the first and the last of it.

Which one was the last is known when an agent answers. Until then the newest is kept beside the tables, as a
hint: so it outlives the socket and the process that told it, and a line that moves writes no rows.
"""

from contextlib import suppress
from dataclasses import asdict
from uuid import UUID

import redis
from django.core.cache import cache
from django.db import transaction

from events.choices import ActorKind, Kind
from events.log import is_recorded
from interactions.access import lock_interaction
from interactions.actions.base import note_event
from interactions.models import Interaction
from interactions.values import Estimate

KEPT_SECONDS = 24 * 3600


def keep_estimate(ref: UUID, told: Estimate) -> None:
    """Keep what the customer was told now, until an agent answers."""
    with suppress(redis.RedisError):
        cache.set(_key(ref), asdict(told), timeout=KEPT_SECONDS)


def note_estimate(ref: UUID, told: Estimate) -> bool:
    """Write down what the customer was told first, once for an entry into the queue; false if it was."""
    with transaction.atomic():
        row = lock_interaction(ref)
        noted = _note(row, told, given="first")
        if noted:
            row.save(update_fields=["event_n"])
    return noted


def last_estimate(ref: UUID) -> Estimate | None:
    """Return what the customer was told last, as far as that is known; asked before a row is locked."""
    with suppress(redis.RedisError, TypeError):  # of another version of ours
        return Estimate(**told) if (told := cache.get(_key(ref))) else None
    return None


def note_last_estimate(row: Interaction, told: Estimate | None) -> bool:
    """Write down what the customer was told last; what was told before this entry is of another one.

    The caller holds the lock and saves the row.
    """
    if told is None or row.calls_back or row.queued_at is None or told.at < row.queued_at:
        return False
    return _note(row, told, given="last")


def _note(row: Interaction, told: Estimate, *, given: str) -> bool:
    """Write it down, once for an entry."""
    if row.queued_at is None:
        return False
    what = {"given": given, "entered": row.queued_at.isoformat()}
    if is_recorded(Kind.INTERACTION_WAIT_ESTIMATED, row.ref, what):
        return False
    said = {"p50": told.p50, "p80": told.p80, "place": told.place, "queue_id": row.queue_id}
    note_event(
        row, Kind.INTERACTION_WAIT_ESTIMATED, now=told.at, actor_kind=ActorKind.SYSTEM, data=said | what
    )
    return True


def _key(ref: UUID) -> str:
    return f"told:{ref}"
