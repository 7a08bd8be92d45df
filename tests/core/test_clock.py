"""The one clock: read from the database by threads, never waited for by an event loop."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from core import clock

pytestmark = pytest.mark.django_db
AN_HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _no_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_reading", None)


async def _now() -> datetime:
    return clock.now()


def it_answers_on_a_loop_before_anybody_has_asked_the_database() -> None:
    assert abs(asyncio.run(_now()) - datetime.now(UTC)) < AN_HOUR
    assert clock._reading is None, "the next thread asks"


def it_goes_on_from_an_old_reading_on_a_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "RESYNC_SECONDS", -1)
    ahead = clock.now() + 2 * AN_HOUR
    assert clock._reading
    monkeypatch.setattr(clock, "_reading", (clock._reading[0] + 2 * AN_HOUR, clock._reading[1]))
    assert asyncio.run(_now()) >= ahead, "the database's clock, not this machine's"
    assert clock.now() < ahead, "a thread asks again"
