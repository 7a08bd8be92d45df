"""Ways to write the log: in the test's own transaction, and in several at once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from events.choices import ActorKind
from events.log import record
from tenants.cards import BrandCard
from tests.database import boss_url
from tests.factories import NOW

REF = UUID(int=7)

INSERT = """
INSERT INTO events_event (ref, v, n, occurred_at, kind, interaction_ref, actor_kind, is_test, data)
VALUES (%s, 1, %s, now(), 'message.received', %s, 'contact', false, '{}') RETURNING id
"""


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def write(n: int = 1, *, ref: UUID = REF, **more: Any) -> None:
    """Record one event of the interaction under its number."""
    values: dict[str, Any] = {
        "kind": "message.received",
        "actor_kind": ActorKind.CONTACT,
        "occurred_at": at(n),
    }
    values |= more
    record(values.pop("kind"), interaction_ref=ref, n=n, **values)


class Writer:
    """A session of its own in the brand's schema: its transaction commits when the test says so."""

    def __init__(self, card: BrandCard) -> None:
        self.session = psycopg.connect(boss_url())
        self.session.execute(f'SET search_path TO "{card.schema_name}", public')
        self.session.commit()

    def write(self, n: int = 1, *, ref: UUID = REF) -> int:
        """Insert an event, uncommitted; returns its id."""
        row = self.session.execute(INSERT, [uuid4(), n, ref]).fetchone()
        assert row
        return int(row[0])

    def commit(self) -> None:
        self.session.commit()


@pytest.fixture
def writers(acme: BrandCard, transactional_db: None) -> Iterator[list[Writer]]:
    """Three sessions that write into Acme's log at the same time."""
    sessions = [Writer(acme) for _ in range(3)]
    yield sessions
    for writer in sessions:
        writer.session.close()
