"""May this session go on? Asked by every page (accounts.security.middleware) and every socket."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from accounts.actor import Actor
from accounts.security import signins
from accounts.security.rules import Rules, rules_of

OPENED_SESSION_KEY = "opened"
"""Seconds since 1970 at which the password was typed; a session of a brand's host has it of its source."""
FACTOR_SESSION_KEY = "second_factor"
"""Which second step the session has passed; absent: none."""


class Verdict(StrEnum):
    GOOD = "good"
    IDLE = "idle"
    AGED = "aged"
    ELSEWHERE = "elsewhere"
    ENROL = "enrol"


ENDS = frozenset({Verdict.IDLE, Verdict.AGED})
"""These end the session; the others only say what it may not open now."""


def judge(session: Mapping[str, Any], rules: Rules, *, address: str, now: datetime) -> Verdict:
    """Hold the session to the rules, less how long it was idle, which takes a look-up."""
    if rules.session_hours and _age(session, now) >= timedelta(hours=rules.session_hours):
        return Verdict.AGED
    if not rules.admits(address):
        return Verdict.ELSEWHERE
    if rules.asks_second_factor(now) and not session.get(FACTOR_SESSION_KEY):
        return Verdict.ENROL
    return Verdict.GOOD


@dataclass(frozen=True, slots=True)
class Stay:
    """Leave for a socket to be open, `until` the session is over by itself; None: no rule ends it."""

    until: datetime | None


def may_stay(session: Any, actor: Actor, *, address: str, now: datetime) -> Stay | None:
    """Return leave for a socket of this session: by the tables, not by what this process remembers.

    `address` "" is not held to the networks: nobody told it.
    """
    rules = rules_of(actor.held, fresh=True)
    if not address:
        rules = Rules(rules.second_factor_from, rules.idle_minutes, rules.session_hours)
    return stay_by(rules, session, address=address, now=now)


def stay_by(rules: Rules, session: Any, *, address: str, now: datetime) -> Stay | None:
    """Return leave for the session by all of these rules, how long it was idle among them."""
    if judge(session, rules, address=address, now=now) != Verdict.GOOD:
        return None
    ends = list(_ends_of(session, rules, now))
    return None if any(end <= now for end in ends) else Stay(min(ends, default=None))


def opened_at(session: Mapping[str, Any], now: datetime) -> datetime:
    """Return when the password was typed; `now` for a session that does not know."""
    stored = session.get(OPENED_SESSION_KEY)
    return datetime.fromtimestamp(stored, UTC) if isinstance(stored, int | float) else now


def _ends_of(session: Any, rules: Rules, now: datetime) -> Iterator[datetime]:
    """Yield every instant at which a rule ends this session or holds it back, should nobody do anything."""
    if rules.idle_minutes:
        acted = signins.acted_at(session.session_key or "")
        yield acted + timedelta(minutes=rules.idle_minutes) if acted else now
    if rules.session_hours:
        yield opened_at(session, now) + timedelta(hours=rules.session_hours)
    if rules.second_factor_from and not session.get(FACTOR_SESSION_KEY):
        yield rules.second_factor_from


def _age(session: Mapping[str, Any], now: datetime) -> timedelta:
    """A session that does not know when it was opened is older than any rule."""
    return now - opened_at(session, now) if OPENED_SESSION_KEY in session else timedelta.max
