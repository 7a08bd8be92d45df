"""Verbs on what is left out of the report, inside a tenant_scope: the operator proposes, the client answers.

An emergency proposes by itself, anything else is proposed with evidence. What contradicts an exclusion or a
target is refused with the reason. `actor` is how the trail names who did it (`user:7`), `shown` what the
other side calls them, `zone` the brand's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import NotFound, RoomError
from core.luhn import masked
from events.choices import Kind
from events.log import record
from interactions import actions as interactions
from interactions.actions.messages import stated
from interactions.errors import Invalid, Refused
from interactions.hours import queue_ids_of
from interactions.queries import queue_names
from interactions.values import ClosureView
from reporting.actions.agreeing import alone
from reporting.choices import Cause, ExclusionState
from reporting.contradictions import Time, emptied, refused_before, time_of, twice
from reporting.evidence import read_references
from reporting.exclusions import is_reported
from reporting.mails import tell_proposer
from reporting.models import Exclusion
from tenants.audit import audit
from tenants.binding import current_brand

MOST_WHY = 300
MOST_REASON = 200
MOST_EVIDENCE = 2000
MOST_LABEL = 120
ANSWERS = (ExclusionState.ACCEPTED, ExclusionState.REFUSED)
STANDING = (ExclusionState.PROPOSED, ExclusionState.ACCEPTED)


class Answered(RoomError):
    """Somebody has answered otherwise before; nothing changed."""

    code = "answered"


class Contradicted(RoomError):
    """Something that holds speaks against it; nothing changed."""

    code = "contradicted"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A time `[started_at, ended_at)` and why it is to be left out; no `queue_ids`: of every queue.

    `references`: a line each (reporting.evidence).
    """

    cause: str
    started_at: datetime
    ended_at: datetime
    queue_ids: Sequence[int]
    reason: str
    evidence: str
    references: str = ""
    measured: Mapping[str, int] | None = None


def close_in_emergency(*, shown: str, actor: str, now: datetime, **closure: Any) -> ClosureView:
    """Close now, as `interactions.actions.close_now` does, and propose to leave that time out of the report.

    The same `key` again is the same closure and the same proposal. Raises Invalid, NotFound.
    """
    with transaction.atomic():
        view = interactions.close_now(actor=actor, now=now, **closure)
        queues = queue_ids_of(calendar_ref=view.calendar_ref, queue_ref=view.queue_ref)
        values = {
            "queue_ids": queues, "label": view.shut, "reason": view.reason, "started_at": view.started_at,
            "ended_at": view.ended_at, "proposed_by": actor, "proposed_shown": shown, "proposed_at": now,
        }  # fmt: skip
        row, made = Exclusion.objects.get_or_create(closure_ref=view.ref, defaults=values)
        if made:
            _note("exclusion.proposed", Kind.EXCLUSION_PROPOSED, row, {}, actor=actor, now=now)
    return view


def reopen(ref: UUID, *, actor: str, now: datetime) -> ClosureView:
    """End the closure now, and with it the time that is proposed to be left out.

    Raises NotFound; WrongState when it is over.
    """
    with transaction.atomic():
        view = interactions.reopen_hours(ref, actor=actor, now=now)
        Exclusion.objects.filter(closure_ref=ref).update(ended_at=view.ended_at)
    return view


def propose_exclusion(
    said: Proposal, *, key: UUID, shown: str, zone: ZoneInfo, actor: str, now: datetime
) -> Exclusion:
    """Propose to leave a time that is over out of the report. The same `key` again is the same proposal.

    Raises Invalid with all that is wrong, also what of it contradicts other exclusions or targets.
    """
    with transaction.atomic():
        alone()
        made: Exclusion | None = Exclusion.objects.filter(key=key).first()
        if made:
            return made
        references, wrong_lines = read_references(said.references)
        wrong = _wrong(said, now) | ({"references": wrong_lines} if wrong_lines else {})
        if wrong or (wrong := _against(said, zone, now)):
            raise Invalid(wrong)
        row: Exclusion = Exclusion.objects.create(
            key=key, cause=said.cause, started_at=said.started_at, ended_at=said.ended_at,
            queue_ids=sorted(set(said.queue_ids)), label=_label(said.queue_ids),
            reason=masked(said.reason.strip()), evidence=masked(said.evidence.strip()),
            references=references, measured=None if said.measured is None else dict(said.measured),
            proposed_by=actor, proposed_shown=shown, proposed_at=now,
        )  # fmt: skip
        _note("exclusion.proposed", Kind.EXCLUSION_PROPOSED, row, {}, actor=actor, now=now)
    return row


def withdraw_exclusion(ref: UUID, *, actor: str, now: datetime) -> None:
    """Take a proposal back that nobody has answered; again it changes nothing. Raises Answered, NotFound."""
    with transaction.atomic():
        row = _locked(ref)
        if row.state == ExclusionState.WITHDRAWN:
            return
        if row.state != ExclusionState.PROPOSED:
            raise _answered(row)
        row.state = ExclusionState.WITHDRAWN
        row.save(update_fields=["state"])
        diff = {"state": [ExclusionState.PROPOSED, row.state]}
        _note("exclusion.withdrawn", Kind.EXCLUSION_WITHDRAWN, row, diff, actor=actor, now=now)


def answer_exclusion(
    ref: UUID, *, answer: str, why: str = "", shown: str, zone: ZoneInfo, actor: str, now: datetime
) -> ExclusionState:
    """Accept a proposal or refuse it, once; the same answer again changes nothing.

    A refusal says why. Raises Refused, Answered, NotFound; Contradicted when it cannot be accepted beside
    what holds.
    """
    with transaction.atomic():
        row = _locked(ref)
        state, why = _answer(answer, why)
        if row.state == state:
            return state
        if row.state != ExclusionState.PROPOSED:
            raise _answered(row)
        _settle(row, state, why, shown=shown, zone=zone, actor=actor, now=now)
        diff = {"state": [ExclusionState.PROPOSED, state]}
        _note("exclusion.answered", Kind.EXCLUSION_ANSWERED, row, diff, actor=actor, now=now)
        tell_proposer(row, now=now)
    return state


def reverse_answer(
    ref: UUID, *, answer: str, why: str, shown: str, zone: ZoneInfo, actor: str, now: datetime
) -> ExclusionState:
    """Answer otherwise than before and say why, as long as no issued report holds the old answer.

    The same answer again changes nothing. Raises Refused, Answered, Contradicted, NotFound.
    """
    with transaction.atomic():
        row = _locked(ref)
        state, why = _answer(answer, why)
        if row.state == state:
            return state
        if row.state not in ANSWERS:
            raise Answered(_("This waits for its first answer, or was withdrawn: load the page again."))
        if not why:
            raise Refused(_("Say why you answer otherwise now."))
        if is_reported(row.started_at, row.ended_at):
            raise Answered(_("A report of that time was issued: its answer stays."))
        before = str(row.state)
        _settle(row, state, why, shown=shown, zone=zone, actor=actor, now=now)
        diff = {"state": [before, state]}
        _note("exclusion.reversed", Kind.EXCLUSION_REVERSED, row, diff, actor=actor, now=now)
        tell_proposer(row, now=now)
    return state


# ---- what is refused ----


def _wrong(said: Proposal, now: datetime) -> dict[str, str]:
    wrong = {}
    if said.cause not in Cause.values:
        wrong["cause"] = _("Choose a cause.")
    elif said.cause == Cause.OVERRUN and said.measured is None:
        wrong["cause"] = _("An overrun is proposed where the forecast stands beside what came in.")
    if said.ended_at <= said.started_at:
        wrong["ended_at"] = _("It ends before it begins.")
    elif said.ended_at > now:
        wrong["ended_at"] = _("Only what is over can be left out.")
    if not set(said.queue_ids) <= set(queue_names()):
        wrong["queue_ids"] = _("Choose queues of this client.")
    for name, text, most in (
        ("reason", said.reason, MOST_REASON),
        ("evidence", said.evidence, MOST_EVIDENCE),
    ):
        if not text.strip():
            wrong[name] = _("Say it in words: the client reads it.")
        elif len(text.strip()) > most:
            wrong[name] = _("Use at most %(most)d characters.") % {"most": most}
    return wrong


def _against(said: Proposal, zone: ZoneInfo, now: datetime) -> dict[str, str]:
    wanted = Time(said.started_at, said.ended_at, frozenset(said.queue_ids))
    words = (
        twice(wanted, STANDING, now=now)
        or refused_before(wanted, said.cause, now=now)
        or emptied(wanted, zone=zone, now=now)
    )
    return {"started_at": words} if words else {}


def _answer(answer: str, why: str) -> tuple[ExclusionState, str]:
    if answer not in ANSWERS:
        raise Refused(_("Accept it or refuse it."))
    missing = _("Say why you refuse it.") if answer == ExclusionState.REFUSED else ""
    return ExclusionState(answer), masked(stated(why, most=MOST_WHY, code="why", missing=missing))


def _answered(row: Exclusion) -> Answered:
    if row.state == ExclusionState.WITHDRAWN:
        return Answered(_("This was withdrawn meanwhile."))
    return Answered(_("%(name)s has answered this already.") % {"name": row.answered_shown})


# ---- steps ----


def _locked(ref: UUID) -> Exclusion:
    alone()
    row: Exclusion | None = Exclusion.objects.select_for_update().filter(ref=ref).first()
    if row is None:
        raise NotFound
    return row


def _settle(
    row: Exclusion, state: ExclusionState, why: str, *, shown: str, zone: ZoneInfo, actor: str, now: datetime
) -> None:
    """Write the answer down. Raises Contradicted."""
    if state == ExclusionState.ACCEPTED:
        wanted = time_of(row, now)
        words = twice(wanted, [ExclusionState.ACCEPTED], now=now, beside=row)
        words = words or emptied(wanted, zone=zone, now=now, beside=row)
        if words:
            raise Contradicted(words)
    row.state, row.why, row.answered_at = state, why, now
    row.answered_by, row.answered_shown = actor, shown
    row.save(update_fields=["state", "why", "answered_at", "answered_by", "answered_shown"])


def _label(queue_ids: Sequence[int]) -> str:
    names = queue_names()
    return ", ".join(sorted(names[number] for number in set(queue_ids)))[:MOST_LABEL]


def _note(
    verb: str, kind: Kind, row: Exclusion, diff: Mapping[str, Any], *, actor: str, now: datetime
) -> None:
    named = f"exclusion:{row.pk} {row.label or interactions.EVERYTHING}"
    bound = current_brand()
    audit(verb, actor=actor, brand_id=bound, object=named, diff=dict(diff), reason=row.why, now=now)
    closure = str(row.closure_ref) if row.closure_ref else None
    data = {"exclusion": str(row.ref), "closure": closure, "state": row.state, "cause": row.cause}
    record(kind, data=data, occurred_at=now)
