"""Agents, and ears for what the room says: events, pushes, signals."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.access import actor_for
from accounts.actions import create_user, grant_membership
from accounts.actor import Actor
from accounts.choices import Role
from tenants.cards import BrandCard
from workforce import actions
from workforce.models import AvailabilityReason, StateInterval
from workforce.reasons import SEEDED
from workforce.signals import agent_changed

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

MakeAgent = Callable[..., Actor]


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def make_agent(db: None) -> MakeAgent:
    """Make an agent seated in, and certified for, the brands."""

    def make(name: str, *cards: BrandCard) -> Actor:
        for reason in SEEDED:
            AvailabilityReason.objects.get_or_create(code=reason["code"], defaults=reason)
        user = create_user(f"{name.split()[0].lower()}@agents.test", name=name, actor="test", now=NOW)
        actions.create_agent(
            user.pk, employee_no=f"E{user.pk}", hired_on=date(2025, 1, 1), actor="test", now=NOW
        )
        for card in cards:
            grant_membership(user.pk, role=Role.AGENT, brand_id=card.id, actor="test", now=NOW)
            actions.certify(user.pk, brand_id=card.id, version="1", valid_from=NOW, actor="test", now=NOW)
        actor = actor_for(user.pk, now=NOW)
        assert actor
        return actor

    return make


@pytest.fixture
def ada(make_agent: MakeAgent, acme: BrandCard, globex: BrandCard) -> Actor:
    return make_agent("Ada Berg", acme, globex)


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
    """The agents that agent_changed was sent for."""
    heard: list[int] = []

    def listen(agent_id: int, **_: Any) -> None:
        heard.append(agent_id)

    agent_changed.connect(listen)
    yield heard
    agent_changed.disconnect(listen)


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
