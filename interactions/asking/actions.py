"""Verbs on requests to the client. Each is atomic and runs inside a tenant_scope that its caller entered.

The conversation's row is locked first, then the request's. Each verb leaves a note in the conversation, an
event of it and a row in the trail; who asked hears of the end by a push of their own, wherever they are.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core import live
from core.errors import NotFound
from core.lazy import LazyModule
from core.luhn import masked
from events.choices import ActorKind, Kind
from interactions.access import lock_interaction
from interactions.actions.base import brand_id, lock_mine, note_event
from interactions.actions.messages import save_list_columns, stated, write
from interactions.asking.choices import RequestKind, RequestState, TurnEnd
from interactions.asking.files import CODE as FILES
from interactions.asking.files import MOST_FILES, Upload
from interactions.asking.mails import tell_client
from interactions.asking.models import MOST_HOURS, ClientRequest, RequestFile, RequestTerms, RequestTurn
from interactions.asking.queries import due_at, due_hours
from interactions.choices import WITH_AGENT, AuthorKind, Direction, State
from interactions.errors import Ended, NotYours, Refused, WrongState
from interactions.live import agent_group, announce_message
from interactions.models import Interaction
from tenants.audit import audit
from tenants.cards import card_by_id

log = logging.getLogger(__name__)

celery = LazyModule("tenants.tasks")
tasks = LazyModule("interactions.tasks")

MOST_TEXT = 2000
MOST_SHOWN = 120
UNTOLD = timedelta(days=1)
"""How long a mail that no task promised is looked for."""


NOTES = {
    Kind.REQUEST_OPENED: "request_asked",
    Kind.REQUEST_REOPENED: "request_reopened",
    Kind.REQUEST_ANSWERED: "request_answered",
    Kind.REQUEST_CANCELLED: "request_cancelled",
}
"""What the note in the conversation is called, by the event beside it."""


class Agent(NamedTuple):
    """Who asks: the agent, the alias that the client knows, and how the trail names them."""

    id: int
    shown: str
    who: str


class Client(NamedTuple):
    """Who answers: no agent, by name, and how the trail names them."""

    shown: str
    who: str
    id: None = None


def open_request(
    ref: UUID, *, kind: str, question: str, hours: int | None = None, key: UUID, agent: Agent, now: datetime
) -> UUID:
    """Ask the client about the conversation that the agent has; returns the request's ref.

    `hours`: within how many open hours of its queue the answer is due; None: by the brand's terms. The same
    `key` again is the same request. Raises Refused, NotYours, Ended, NotFound.
    """
    question = _text(question, _("Write what the client is to do or to say."))
    if kind not in RequestKind.values:
        raise Refused(_("Say what you ask for."), code="kind")
    with transaction.atomic():
        row = lock_mine(ref, agent.id)
        known: ClientRequest | None = ClientRequest.objects.filter(key=key).first()
        if known is not None:
            return known.ref
        _check_in_hand(row)
        due = due_at(row.queue_id, _hours(hours), now=now)
        request: ClientRequest = ClientRequest.objects.create(
            key=key, interaction=row, kind=kind, is_test=row.is_test, opened_at=now, due_at=due
        )
        _ask(request, row, agent, question, Kind.REQUEST_OPENED, now=now)
    return request.ref


def reopen_request(
    request_ref: UUID, *, question: str, hours: int | None = None, agent: Agent, now: datetime
) -> None:
    """Ask again about what was settled; the same question again changes nothing.

    Raises Refused, NotYours, Ended, WrongState, NotFound.
    """
    question = _text(question, _("Write what is still open."))
    with transaction.atomic():
        row, request = _lock(request_ref)
        if row.agent_id != agent.id:
            raise NotYours
        _check_in_hand(row)
        if request.state == RequestState.OPEN:
            turn = _last(request)
            if (turn.asked_by, turn.question) == (agent.id, masked(question)):
                return
            raise WrongState(_("It waits for an answer already."))
        request.state, request.turns = RequestState.OPEN, request.turns + 1
        request.due_at = due_at(row.queue_id, _hours(hours), now=now)
        request.save(update_fields=["state", "turns", "due_at"])
        _ask(request, row, agent, question, Kind.REQUEST_REOPENED, now=now)


def answer_request(
    request_ref: UUID, *, answer: str, files: Sequence[Upload] = (), shown: str, actor: str, now: datetime
) -> None:
    """Give the client's answer, once; the same person's same answer and files again change nothing.

    Raises Refused, WrongState, NotFound.
    """
    answer = _text(answer, _("Write an answer."))
    if len(files) > MOST_FILES:
        raise Refused(_("Send at most %(most)d files.") % {"most": MOST_FILES}, code=FILES)
    with transaction.atomic():
        row, request = _lock(request_ref)
        turn = _last(request)
        said = (turn.end, turn.ended_by, turn.answer)
        if said == (TurnEnd.ANSWERED, actor, masked(answer)) and _has(turn, files):
            return
        if request.state == RequestState.ANSWERED:
            raise WrongState(_("%(name)s has answered this already.") % {"name": turn.ended_shown})
        if request.state == RequestState.CANCELLED:
            raise WrongState(_("The agent has called it off: no answer is needed any more."))
        kept = _keep(files, turn)
        _end(request, row, turn, TurnEnd.ANSWERED, answer, by=Client(shown, actor), files=kept, now=now)


def cancel_request(request_ref: UUID, *, why: str = "", agent: Agent, now: datetime) -> None:
    """Call it off: by who asked, or who has the conversation now. Twice is once.

    Raises Refused, NotYours, WrongState, NotFound.
    """
    why = _text(why)
    with transaction.atomic():
        row, request = _lock(request_ref)
        turn = _last(request)
        if agent.id not in (row.agent_id, turn.asked_by):
            raise NotYours
        if request.state == RequestState.CANCELLED:
            return
        if request.state != RequestState.OPEN:
            raise WrongState(_("It has been answered meanwhile."))
        _end(request, row, turn, TurnEnd.CANCELLED, why, by=agent, now=now)


def tell_asked(request_ref: UUID, *, now: datetime) -> bool:
    """Promise the mails that it waits for an answer, once; false where that was done, or it waits no more.

    They are written outside of any lock: two at once promise each mail once all the same, by its key.
    """
    waiting = RequestTurn.objects.filter(ended_at__isnull=True, told_at__isnull=True)
    turn = waiting.select_related("request").filter(request__ref=request_ref).first()
    if turn is None:
        return False
    tell_client(turn, now=now)
    return bool(waiting.filter(pk=turn.pk).update(told_at=now))


def tell_untold(*, now: datetime) -> int:
    """Promise the mails that no task promised, of what was asked within UNTOLD; returns of how many."""
    rows = RequestTurn.objects.filter(ended_at__isnull=True, told_at__isnull=True, request__is_test=False)
    lost = list(rows.filter(asked_at__gt=now - UNTOLD).values_list("request__ref", flat=True))
    return sum(_told(ref, now=now) for ref in lost)


def _told(ref: UUID, *, now: datetime) -> int:
    """What cannot be said of one request keeps no other one back."""
    try:
        return tell_asked(ref, now=now)
    except Exception:
        log.exception("nobody was told of request %s", ref)
        return 0


def set_terms(*, hours: int, actor: str, now: datetime) -> None:
    """Say within how many open hours an answer is due by default. Raises Refused."""
    hours = _hours(hours)
    with transaction.atomic():
        row, _made = RequestTerms.objects.select_for_update().get_or_create(only=True)
        before, row.due_hours = row.due_hours, hours
        if before == hours:
            return
        row.save(update_fields=["due_hours"])
        diff = {"hours": [before, hours]}
        audit("requests.due_changed", actor=actor, brand_id=brand_id(), diff=diff, now=now)


def _text(text: str, missing: str = "") -> str:
    return stated(text, most=MOST_TEXT, code="text", missing=missing)


def _hours(hours: int | None) -> int:
    hours = due_hours() if hours is None else hours
    if not 1 <= hours <= MOST_HOURS:
        raise Refused(_("Say hours, 1 to %(most)d.") % {"most": MOST_HOURS}, code="hours")
    return hours


def _check_in_hand(row: Interaction) -> None:
    if row.state not in WITH_AGENT | {State.WRAP_UP}:
        raise Ended


def _lock(request_ref: UUID) -> tuple[Interaction, ClientRequest]:
    """Lock the request's conversation, then the request. Raises NotFound."""
    ref = ClientRequest.objects.filter(ref=request_ref).values_list("interaction__ref", flat=True).first()
    if ref is None:
        raise NotFound
    row = lock_interaction(ref)
    return row, ClientRequest.objects.select_for_update().get(ref=request_ref)


def _last(request: ClientRequest) -> RequestTurn:
    turn: RequestTurn = RequestTurn.objects.get(request=request, n=request.turns)
    return turn


def _ask(
    request: ClientRequest, row: Interaction, agent: Agent, question: str, kind: Kind, *, now: datetime
) -> None:
    """Begin a turn; the client's people are told by mail once it is, unless it is a test."""
    RequestTurn.objects.create(
        request=request, n=request.turns, asked_by=agent.id, asked_shown=agent.shown[:MOST_SHOWN],
        asked_at=now, due_at=request.due_at, question=masked(question),
    )  # fmt: skip
    data = {"due_at": request.due_at.isoformat(), "kind": request.kind}
    _note(request, row, kind, question, by=agent, now=now, data=data)
    if not request.is_test:
        celery.enqueue(tasks.tell_asked, brand=card_by_id(brand_id()), ref=str(request.ref))


def _has(turn: RequestTurn, files: Sequence[Upload]) -> bool:
    """Tell whether exactly these files came with the answer."""
    return set(turn.files.values_list("digest", "name")) == {(one.digest, one.name) for one in files}


def _keep(files: Sequence[Upload], turn: RequestTurn) -> int:
    """Write the files of the answer down, each once; returns how many."""
    once = {(one.digest, one.name): one for one in files}
    RequestFile.objects.bulk_create(
        RequestFile(
            turn=turn, name=one.name, kind=one.kind, size=len(one.content), digest=digest, content=one.content
        )
        for (digest, _name), one in once.items()
    )
    return len(once)


def _end(
    request: ClientRequest, row: Interaction, turn: RequestTurn, end: TurnEnd, words: str, *,
    by: Agent | Client, files: int = 0, now: datetime,
) -> None:  # fmt: skip
    """End the turn that waits, and the request with it."""
    turn.ended_at, turn.end, turn.answer = max(now, turn.asked_at), end, masked(words)
    turn.ended_by, turn.ended_shown = by.who, by.shown[:MOST_SHOWN]
    turn.save(update_fields=["ended_at", "end", "ended_by", "ended_shown", "answer"])
    request.state = RequestState(end.value)
    request.save(update_fields=["state"])
    is_answer = end == TurnEnd.ANSWERED
    kind = Kind.REQUEST_ANSWERED if is_answer else Kind.REQUEST_CANCELLED
    _note(request, row, kind, words, by=by, now=now, data={"files": files} if files else {})
    if is_answer:
        told = {"kind": "request", "brand": brand_id(), "request": str(request.ref)}
        live.publish(agent_group(turn.asked_by), told)


def _note(
    request: ClientRequest, row: Interaction, kind: Kind, words: str, *, by: Agent | Client, now: datetime,
    data: dict[str, Any],
) -> None:  # fmt: skip
    """Write a note into the conversation, its event and a row of the trail."""
    author, actor = (AuthorKind.AGENT, ActorKind.AGENT) if by.id else (AuthorKind.SYSTEM, ActorKind.SYSTEM)
    files = {"files": data["files"]} if "files" in data else {}
    message = write(
        row, Direction.NOTE, author, words, author_id=by.id, author_shown=by.shown,
        data={"code": NOTES[kind], "request": str(request.ref), **files}, now=now, preview=False,
    )  # fmt: skip
    event = {"request": str(request.ref), "turn": request.turns, "seq": message.seq, **data}
    note_event(row, kind, now=now, actor_kind=actor, actor_id=by.id, data=event)
    save_list_columns(row)
    named = f"request:{str(request.ref)[-8:]}"
    audit(kind.value, actor=by.who, brand_id=brand_id(), object=named, now=now)
    announce_message(
        brand_id=brand_id(), ref=row.ref, agent_id=row.agent_id, seq=message.seq, public=False,
        beside=row.beside,
    )  # fmt: skip
