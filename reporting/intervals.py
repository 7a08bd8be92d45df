"""The quarters of an hour that roll-ups are kept by. Pure."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from reporting.contacts import Contact

INTERVAL = timedelta(minutes=15)
FIRST = datetime(2000, 1, 1, tzinfo=UTC)


class Key(NamedTuple):
    """Whose roll-up: contacts that entered the queue in `[interval_start, + 15 min)`; agent 0 is nobody."""

    interval_start: datetime
    queue_id: int
    channel: str
    agent_id: int


def interval_of(instant: datetime) -> datetime:
    """Return the beginning of the quarter of an hour that the instant is in."""
    return FIRST + (instant - FIRST) // INTERVAL * INTERVAL


def key_of(contact: Contact) -> Key:
    """Return whose the contact is: of its queue and of the agent who had it last."""
    return Key(interval_of(contact.offered_at), contact.queue_id, contact.channel, contact.agent_id or 0)
