"""Agents, and ears for what the room says: events, pushes, signals."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.actor import Actor
from tenants.cards import BrandCard
from tests.factories import NOW, make_agent
from workforce.models import StateInterval
from workforce.signals import agents_changed


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def eve(db: None, acme: BrandCard) -> Actor:
    """Another agent, of Acme only."""
    return make_agent("eve@example.test", acme, name="Eve Lind")


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any], datetime]]:
    """(kind, data, occurred_at) of each labour event."""
    heard: list[tuple[str, dict[str, Any], datetime]] = []

    def record(kind: str, *, data: dict[str, Any], occurred_at: datetime, **_: Any) -> None:
        heard.append((kind, data, occurred_at))

    monkeypatch.setattr("workforce.actions.base.record_labour", record)
    return heard


@pytest.fixture
def changes() -> Iterator[list[int]]:
    """The agents that agents_changed was sent for."""
    heard: list[int] = []

    def listen(agent_ids: list[int], **_: Any) -> None:
        heard.extend(agent_ids)

    agents_changed.connect(listen)
    yield heard
    agents_changed.disconnect(listen)


def told(agent_id: int) -> list[tuple[str, str, bool, float, float | None]]:
    """The state intervals as (availability, reason, connected, from, to), in seconds after NOW."""

    def seconds(instant: datetime | None) -> float | None:
        return None if instant is None else (instant - NOW).total_seconds()

    rows = StateInterval.objects.filter(agent_id=agent_id).select_related("reason").order_by("started_at")
    return [
        (
            row.availability,
            row.reason.code if row.reason else "",
            row.connected,
            seconds(row.started_at) or 0.0,
            seconds(row.ended_at),
        )
        for row in rows
    ]
