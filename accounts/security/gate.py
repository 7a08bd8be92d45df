"""May this session go on? Asked by every page (accounts.security.middleware) and every socket."""

from collections.abc import Mapping
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


def may_stay(session: Any, actor: Actor, *, address: str, now: datetime) -> bool:
    """Tell whether a socket of this session may be open: by the tables, not by what this process remembers.

    `address` "" is not held to the networks: nobody told it.
    """
    rules = rules_of(actor.held, fresh=True)
    if not address:
        rules = Rules(rules.second_factor_from, rules.idle_minutes, rules.session_hours)
    if judge(session, rules, address=address, now=now) != Verdict.GOOD:
        return False
    idle = rules.idle_minutes
    return not idle or signins.is_awake(session.session_key or "", idle_minutes=idle, now=now)


def opened_at(session: Mapping[str, Any], now: datetime) -> datetime:
    """Return when the password was typed; `now` for a session that does not know."""
    stored = session.get(OPENED_SESSION_KEY)
    return datetime.fromtimestamp(stored, UTC) if isinstance(stored, int | float) else now


def _age(session: Mapping[str, Any], now: datetime) -> timedelta:
    """A session that does not know when it was opened is older than any rule."""
    return now - opened_at(session, now) if OPENED_SESSION_KEY in session else timedelta.max
