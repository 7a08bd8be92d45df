"""Corrections of the time ledger: nothing is edited, what should have been said is laid over it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.permissions import Permission
from core.errors import NotFound
from tenants.audit import audit
from tenants.cards import card_by_id
from tenants.scope import labour_scope
from workforce.actions.availability import reason_of
from workforce.actions.base import lock_state, record
from workforce.choices import Availability
from workforce.errors import BadCorrection
from workforce.models import AvailabilityReason, LedgerCorrection, StateInterval

MOST = timedelta(hours=24)
WORDS = (3, 500)


def correct(
    agent_id: int,
    *,
    start: datetime,
    end: datetime,
    availability: str,
    reason_code: str | None = None,
    brand_id: int | None = None,
    words: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Say what the agent was in `[start, end)`; returns how many intervals it was laid over, 0 if it says so.

    `brand_id` names whom the time was for. Work on conversations is not touched: it was seen to happen.
    `words`: why, 3 to 500 characters, for the audit trail and the agent.

    Raises NotFound for who may not or is no agent, BadAvailability, BadCorrection (a stretch that is not
    over, longer than a day, or of which nothing was written; too few or too many words; no such client).
    """
    if not actor.can(Permission.DAYS_CORRECT):
        raise NotFound
    words = words.strip()
    _check(start, end, words, brand_id, now=now)
    with labour_scope(), transaction.atomic():
        lock_state(agent_id)
        reason = reason_of(availability, reason_code)
        fresh = [
            _over(row, start, end, availability, reason, brand_id) for row in _written(agent_id, start, end)
        ]
        if _says_so(agent_id, fresh):
            return 0
        for interval, said in fresh:
            said.save(force_insert=True)
            LedgerCorrection.objects.create(
                interval=interval, replaced_by=said, reason=words, by_id=actor.user_id, at=now
            )
        _note(agent_id, start, end, availability, reason_code, brand_id, words, actor=actor, now=now)
    return len(fresh)


def _check(start: datetime, end: datetime, words: str, brand_id: int | None, *, now: datetime) -> None:
    if not start < end <= now:
        raise BadCorrection(_("Choose a stretch that begins before it ends and is over."))
    if end - start > MOST:
        raise BadCorrection(_("At most 24 hours at a time."))
    if not WORDS[0] <= len(words) <= WORDS[1]:
        raise BadCorrection(_("Say why, in 3 to 500 characters: the agent reads it."))
    if brand_id is not None and card_by_id(brand_id) is None:
        raise BadCorrection(_("There is no such client."))


def _written(agent_id: int, start: datetime, end: datetime) -> list[StateInterval]:
    """The intervals that cover the stretch without a hole, in order."""
    rows = StateInterval.objects.overlapping(start, end).filter(agent_id=agent_id, is_correction=False)
    found, covered = list(rows.order_by("started_at")), start
    for row in found:
        if row.started_at > covered:
            break
        covered = row.ended_at or end
    if covered < end:
        raise BadCorrection(_("Of a part of that time nothing was written. Correct what was."))
    return found


def _over(
    row: StateInterval,
    start: datetime,
    end: datetime,
    availability: str,
    reason: AvailabilityReason | None,
    brand_id: int | None,
) -> tuple[StateInterval, StateInterval]:
    said = StateInterval(
        agent_id=row.agent_id,
        availability=availability,
        reason=reason,
        brand_id=brand_id,
        connected=availability != Availability.OFFLINE,
        is_correction=True,
        started_at=max(start, row.started_at),
        ended_at=min(end, row.ended_at) if row.ended_at else end,
    )
    return row, said


def _says_so(agent_id: int, fresh: list[tuple[StateInterval, StateInterval]]) -> bool:
    """Whether the newest corrections already say this: the same form sent twice."""
    newest = StateInterval.objects.filter(agent_id=agent_id, is_correction=True).order_by("-pk")
    names = ("availability", "reason_id", "brand_id", "started_at", "ended_at")
    last = list(newest.values_list(*names)[: len(fresh)])
    return last[::-1] == [tuple(getattr(said, name) for name in names) for _row, said in fresh]


def _note(
    agent_id: int,
    start: datetime,
    end: datetime,
    availability: str,
    reason_code: str | None,
    brand_id: int | None,
    words: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    said = {"from": start.isoformat(), "until": end.isoformat(), "availability": availability}
    said |= {"code": reason_code} if reason_code else {}
    said |= {"brand": str(brand_id)} if brand_id else {}
    audit(
        "ledger.corrected", actor=actor.who, object=f"user:{agent_id}", diff=said, reason=words, now=now
    )  # fmt: skip
    record(
        "corrected", agent_id, occurred_at=now, actor_kind="user", actor_id=actor.user_id,
        availability=availability, reason=reason_code, brand_id=brand_id,
        started_at=start.isoformat(), ended_at=end.isoformat(),
    )  # fmt: skip
