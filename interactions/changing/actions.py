"""Verbs on changes that a client asks for. Each is atomic and runs inside a tenant_scope of its caller."""

import logging
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import NotFound, RoomError
from core.luhn import masked
from events.choices import Kind
from events.log import record
from interactions.actions import save_calendar, set_texts
from interactions.actions.base import brand_id
from interactions.actions.messages import stated
from interactions.changing.choices import PENDING, SPOKEN_ONES, ChangeState, Subject
from interactions.changing.mails import tell_asker
from interactions.changing.models import ChangeRequest
from interactions.changing.queries import current, topic_of_row
from interactions.changing.values import Topic
from interactions.errors import Refused, WrongState
from interactions.hours import get_calendar
from interactions.spoken import texts_of
from tenants.actions import change_brand
from tenants.audit import audit
from tenants.cards import card_by_id
from tenants.locks import alone
from tenants.values import BrandCard

log = logging.getLogger(__name__)

MOST = {
    Subject.GREETING: 300, Subject.LAUNCHER: 24, Subject.NUDGE: 300, Subject.TONE_DO: 480,
    Subject.TONE_DONT: 480,
}  # fmt: skip
"""Characters of each text, as the provider's own screens take them."""
MOST_LINES = 10
MOST_WHY = 500
MOST_OPEN = 20
MOST_SHOWN = 120
LOCK = 7_265
"""One at a time in a brand: what is asked twice at once is asked once, and of many no more than may wait."""


def ask_change(
    topic: Topic, *, proposed: Mapping[str, Any], from_day: date, why: str = "", key: UUID, shown: str,
    actor: str, now: datetime,
) -> UUID:  # fmt: skip
    """Ask that it be `proposed` from the brand's own date on; returns the ref.

    The same `key` again is the same change. Raises Refused, NotFound.
    """
    with transaction.atomic():
        alone(LOCK)
        known: ChangeRequest | None = ChangeRequest.objects.filter(key=key).first()
        if known is not None:
            return known.ref
        before, proposed = current(topic), _proposed(topic, proposed)
        why = masked(stated(why, most=MOST_WHY, code="why"))
        _check(topic, proposed, before, from_day, now=now)
        if ChangeRequest.objects.filter(state__in=PENDING).count() >= MOST_OPEN:
            raise Refused(_("So many changes wait already. Withdraw one first."), code="many")
        row: ChangeRequest = ChangeRequest.objects.create(
            key=key, subject=topic.subject, calendar_ref=topic.calendar_ref, language=topic.language,
            before=before, proposed=proposed, from_day=from_day, why=why, asked_by=actor,
            asked_shown=shown[:MOST_SHOWN], asked_at=now,
        )  # fmt: skip
        _note(row, "change.asked", Kind.CHANGE_ASKED, actor=actor, now=now)
    return row.ref


def withdraw_change(ref: UUID, *, actor: str, now: datetime) -> None:
    """Take it back before it is carried out; twice is once. Raises WrongState, NotFound."""
    with transaction.atomic():
        row = _lock(ref)
        if row.state == ChangeState.WITHDRAWN:
            return
        if row.state not in PENDING:
            raise WrongState(_("It is too late to withdraw it: %(state)s.") % {"state": _said(row)})
        row.state = ChangeState.WITHDRAWN
        row.save(update_fields=["state"])
        _note(row, "change.withdrawn", Kind.CHANGE_WITHDRAWN, actor=actor, now=now)


def accept_change(ref: UUID, *, actor: str, now: datetime) -> ChangeState:
    """Do as the client asked: at once when its day has come, else on that day; twice is once.

    Returns the state. Raises WrongState, NotFound, and what the verb that carries it out raises.
    """
    with transaction.atomic():
        row = _lock(ref)
        if row.state in (ChangeState.ACCEPTED, ChangeState.APPLIED):
            return ChangeState(row.state)
        _check_undecided(row)
        row.state, row.decided_by, row.decided_at = ChangeState.ACCEPTED, actor, now
        row.due_at = datetime.combine(row.from_day, datetime.min.time(), ZoneInfo(_card().timezone))
        row.save(update_fields=["state", "decided_by", "decided_at", "due_at"])
        _note(row, "change.accepted", Kind.CHANGE_DECIDED, actor=actor, now=now)
        is_due = row.due_at <= now
        tell_asker(row, ChangeState.APPLIED if is_due else ChangeState.ACCEPTED, card=_card(), now=now)
        if is_due:
            _carry_out(row, now=now)
    return ChangeState(row.state)


def refuse_change(ref: UUID, *, reason: str, actor: str, now: datetime) -> None:
    """Say no, and why; the same again is once. Raises Refused, WrongState, NotFound."""
    reason = masked(stated(reason, most=MOST_WHY, code="reason", missing=_("Say why you refuse it.")))
    with transaction.atomic():
        row = _lock(ref)
        if (row.state, row.reason) == (ChangeState.REFUSED, reason):
            return
        _check_undecided(row)
        row.state, row.decided_by, row.decided_at, row.reason = ChangeState.REFUSED, actor, now, reason
        row.save(update_fields=["state", "decided_by", "decided_at", "reason"])
        _note(row, "change.refused", Kind.CHANGE_DECIDED, actor=actor, now=now)
        tell_asker(row, ChangeState.REFUSED, card=_card(), now=now)


def apply_due(*, now: datetime) -> int:
    """Carry out what was accepted for a day that has come, each by itself; returns how many.

    What cannot be carried out any more (its calendar is gone) says so, and is not tried again.
    """
    due = ChangeRequest.objects.filter(state=ChangeState.ACCEPTED, due_at__lte=now).order_by("due_at", "pk")
    done = 0
    for ref in list(due.values_list("ref", flat=True)):
        try:
            done += _apply(ref, now=now)
        except Exception:
            log.exception("change %s was not carried out", ref)
    return done


def _apply(ref: UUID, *, now: datetime) -> int:
    with transaction.atomic():
        rows = ChangeRequest.objects.select_for_update(skip_locked=True)
        row: ChangeRequest | None = rows.filter(ref=ref, state=ChangeState.ACCEPTED).first()
        if row is None:
            return 0
        try:
            with transaction.atomic():
                _carry_out(row, now=now)
        except RoomError as error:
            row.state, row.reason = ChangeState.FAILED, str(error.message)[:MOST_WHY]
            row.save(update_fields=["state", "reason"])
            _note(row, "change.failed", Kind.CHANGE_DECIDED, actor=row.decided_by, now=now)
            tell_asker(row, ChangeState.FAILED, card=_card(), now=now)
    return 1


def _carry_out(row: ChangeRequest, *, now: datetime) -> None:
    """Do it by the verb of the provider's own screens, as who accepted it."""
    topic, by = topic_of_row(row), row.decided_by
    if topic.is_week and topic.calendar_ref:
        kept = get_calendar(topic.calendar_ref, now=now)
        save_calendar(
            kept.ref, name=kept.name, zone=kept.hours.zone, country=kept.hours.country,
            subdivision=kept.hours.subdivision, week=[tuple(one) for one in row.proposed["week"]], actor=by,
            now=now,
        )  # fmt: skip
    elif topic.subject in SPOKEN_ONES:
        said = texts_of(_card().locales)[topic.subject]
        told = said | {topic.language: row.proposed["text"]}
        set_texts({topic.subject: {code: text for code, text in told.items() if text}}, actor=by, now=now)
    else:
        fields = {topic.subject: _lines(row.proposed["text"])}
        change_brand(brand_id(), actor=by, now=now, **fields)
    row.state, row.applied_at = ChangeState.APPLIED, now
    row.save(update_fields=["state", "applied_at"])
    _note(row, "change.applied", Kind.CHANGE_APPLIED, actor=by, now=now)


def _proposed(topic: Topic, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return it as it may be stored; a week was read by `weeks.read_week`. Raises Refused."""
    if topic.is_week:
        return dict(given)
    text = masked(stated(str(given["text"]), most=MOST[Subject(topic.subject)], code="proposed"))
    if topic.subject not in SPOKEN_ONES and len(_lines(text)) > MOST_LINES:
        raise Refused(_("At most ten lines."), code="proposed")
    return {"text": text}


def _check(
    topic: Topic, proposed: Mapping[str, Any], before: Mapping[str, Any], from_day: date, *, now: datetime
) -> None:
    """Raise Refused for what cannot be asked."""
    if proposed == before:
        raise Refused(_("That is what it is now."), code="proposed")
    today = now.astimezone(ZoneInfo(_card().timezone)).date()
    if from_day < today:
        raise Refused(_("Choose today or a later day."), code="from_day")
    if (from_day - today).days > 366:
        raise Refused(_("Choose a day within a year."), code="from_day")


def _check_undecided(row: ChangeRequest) -> None:
    if row.state != ChangeState.ASKED:
        raise WrongState(_("It is decided already: %(state)s.") % {"state": _said(row)})


def _said(row: ChangeRequest) -> str:
    return str(ChangeState(row.state).label).lower()


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _lock(ref: UUID) -> ChangeRequest:
    row: ChangeRequest | None = ChangeRequest.objects.select_for_update().filter(ref=ref).first()
    if row is None:
        raise NotFound
    return row


def _card() -> BrandCard:
    card = card_by_id(brand_id())
    if card is None:
        raise NotFound
    return card


def _note(row: ChangeRequest, verb: str, kind: Kind, *, actor: str, now: datetime) -> None:
    """Write an event and a row of the trail."""
    named = f"change:{str(row.ref)[-8:]} {row.subject}"
    audit(verb, actor=actor, brand_id=brand_id(), object=named, reason=row.reason, now=now)
    data = {"change": str(row.ref), "subject": row.subject, "state": row.state}
    record(kind, data=data, occurred_at=now)
