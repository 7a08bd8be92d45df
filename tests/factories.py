"""Makers of people for tests: thin, over the rooms' own verbs."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from accounts import actions as accounts
from accounts.access import actor_for
from accounts.actor import Actor
from accounts.choices import Role
from core.valkey import client
from tenants.cards import BrandCard
from tenants.values import Grant
from workforce import actions as workforce

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
TESTS = Grant("system", None, "system:tests", "system")
"""Entry to any brand, without the audit row that tenants.scope.system writes."""

_employees = count(1)


def make_person(email: str, *seats: tuple[str, BrandCard | None], name: str = "", **fields: Any) -> Actor:
    """Make a user who can sign in with PASSWORD: `make_person("bo@example.test", (Role.AGENT, acme))`."""
    name = name or f"{email.split('@')[0].title()} Berg"
    user = accounts.create_user(email, name=name, password=PASSWORD, actor="test", now=NOW, **fields)
    for role, card in seats:
        accounts.grant_membership(
            user.pk, role=role, brand_id=card.id if card else None, actor="test", now=NOW
        )
    return _frozen(user.pk)


def make_agent(email: str, *cards: BrandCard, name: str = "", seats: tuple[Any, ...] = ()) -> Actor:
    """Make an agent, seated in and certified for the brands."""
    actor = make_person(email, *((Role.AGENT, card) for card in cards), *seats, name=name)
    workforce.create_agent(
        actor.user_id, employee_no=f"T{next(_employees)}", hired_on=date(2025, 1, 1), actor="test", now=NOW
    )
    for card in cards:
        workforce.certify(actor.user_id, brand_id=card.id, version="1", valid_from=NOW, actor="test", now=NOW)
    return actor


def _frozen(user_id: int) -> Actor:
    actor = actor_for(user_id, now=NOW)
    if actor is None:
        raise AssertionError("a user was made and cannot sign in")
    return actor


def zone_by_day(now: datetime) -> str:
    """Return a zone where it is day: an hour before and an hour after are the same date there."""
    return "Pacific/Honolulu" if now.hour < 9 else "UTC" if now.hour < 20 else "Asia/Tokyo"


def forget_limits(kind: str) -> None:
    """Forget what was counted under that kind: a window of minutes is longer than a test."""
    valkey = client()
    for name in valkey.scan_iter(f"g:rl:{kind}:*"):
        valkey.delete(name)
