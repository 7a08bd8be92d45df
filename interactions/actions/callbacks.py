"""A call that is promised, and keeps its place: the number and a window instead of a wait.

The conversation leaves the line, or its agent, and is offered as a task once its window has begun, under the
order key that it always had. The timer is a row, `Callback.next_at`. Until there is a voice channel the agent
dials by hand and says what came of it.
"""

import logging
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from core.dates import dated
from crm import actions as crm
from crm.choices import PointKind
from events.choices import ActorKind, Kind
from interactions import idle
from interactions.access import lock_interaction
from interactions.actions.base import begin_segment, brand_id, end_segment, note_event, step
from interactions.actions.conversation import draft_of
from interactions.actions.lines import queue_data
from interactions.actions.messages import say
from interactions.actions.participants import leave_places
from interactions.actions.settling import live_callback, settle
from interactions.actions.wrap_up import start_wrap_up
from interactions.choices import CallbackState, Channel, Move, OwnerKind, State
from interactions.clocks.keeping import follow
from interactions.errors import NotYours, Refused, WrongState
from interactions.hours import projected
from interactions.live import announce_message, announce_state
from interactions.models import Callback, Interaction, Segment
from interactions.queries import due_callbacks
from interactions.signals import interaction_queued, work_ended
from interactions.spoken import language_of
from interactions.windows import SHORTEST, Window, fits
from tenants.cards import card_by_id

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
RETRY = timedelta(minutes=30)
MOST_PROMISES = 5
AHEAD = timedelta(days=14)
UNITS = 20
NUMBER = re.compile(r"\+?[0-9]{5,15}")
TYPED = re.compile(r"[0-9+()/.\s-]{5,40}")


def promise_callback(
    ref: UUID, *, number: str, window: Window, by: ActorKind | str, actor_id: int | None = None,
    key: UUID | None = None, consent: bool = False, now: datetime,
) -> None:  # fmt: skip
    """Promise its customer a call to `number` within `window` [start, end), instead of the wait or the chat.

    Asked for by its customer while it waits (`by` contact; with `consent`, within the queue's hours), or by
    the agent who has it (`by` agent, `actor_id`). Its place in the line is kept. The same `key` again is the
    same promise.

    Raises Refused (number, window, consent), NotYours, WrongState (promised, too_many), NotFound.
    """
    with transaction.atomic():
        row = lock_interaction(ref)
        if is_asked(ref, key):
            return
        plain, (start, end) = _number(number), _window(window, now=now)
        if by == ActorKind.AGENT and row.agent_id != actor_id:
            raise NotYours
        if by == ActorKind.CONTACT:
            _check_asked(row, (start, end), consent=consent, now=now)
        if row.calls_back:
            raise WrongState(_("A call is promised already."), code="promised")
        was, last_agent = row.state, row.agent_id
        callback = Callback.objects.create(
            interaction=row, key=key, number=plain, window_start_at=start, window_end_at=end, promised_at=now,
            next_at=max(start, now), last_agent_id=last_agent,
        )  # fmt: skip
        data = _asked(callback) | ({"consent": True} if consent else {})
        step(row, Move.PROMISE)
        row.calls_back = True
        message = say(row, "callback_promised", body=_words(row, start, end), now=now)
        note_event(row, Kind.CALLBACK_PROMISED, now=now, actor_kind=by, actor_id=actor_id, data=data)
        _let_go(row, was=was, now=now)
    announce_message(brand_id=brand_id(), ref=ref, agent_id=last_agent, seq=message.seq)
    announce_state(brand_id=brand_id(), ref=ref, agent_id=last_agent, state=row.state)


def change_callback(
    ref: UUID, *, number: str, window: Window, key: UUID | None = None, now: datetime
) -> None:
    """Give the promise the other number or window that its customer asks for, while nobody calls yet.

    The same `key` again is the same change. Raises Refused, WrongState (under_way), NotFound.
    """
    with transaction.atomic():
        row = lock_interaction(ref)
        if is_asked(ref, key):
            return
        callback = _to_come(row)
        plain, (start, end) = _number(number), _window(window, now=now)
        _within_hours(row, (start, end), now=now)
        callback.number, callback.key = plain, key
        callback.window_start_at, callback.window_end_at = start, end
        callback.next_at = max(start, now)
        callback.save(update_fields=["number", "key", "window_start_at", "window_end_at", "next_at"])
        message = say(row, "callback_changed", body=_words(row, start, end), now=now)
        data = _asked(callback)
        note_event(row, Kind.CALLBACK_CHANGED, now=now, actor_kind=ActorKind.CONTACT, data=data)
        row.save(update_fields=["event_n", "last_seq"])
    announce_message(brand_id=brand_id(), ref=ref, agent_id=None, seq=message.seq)


def withdraw_callback(ref: UUID, *, now: datetime) -> None:
    """Let its customer call it off, while nobody calls yet: they wait in the chat, at the place they had.

    Twice is once. Raises WrongState (under_way), NotFound.
    """
    with transaction.atomic():
        row = lock_interaction(ref)
        if not row.calls_back:
            return
        callback = _to_come(row)
        settle(row, callback, CallbackState.WITHDRAWN, now=now)
        step(row, Move.RECALL)
        message = say(row, "callback_withdrawn", now=now)
        data = {"callback": str(callback.ref), "attempts": callback.attempts}
        note_event(row, Kind.CALLBACK_WITHDRAWN, now=now, actor_kind=ActorKind.CONTACT, data=data)
        row.waiting_since = now
        _line_up(row, callback, reason="callback_withdrawn", now=now)
    announce_message(brand_id=brand_id(), ref=ref, agent_id=None, seq=message.seq)
    announce_state(brand_id=brand_id(), ref=ref, agent_id=None, state=row.state)


def is_asked(ref: UUID, key: UUID | None) -> bool:
    """Tell whether what its customer asked for under this number is done."""
    return key is not None and Callback.objects.filter(interaction__ref=ref, key=key).exists()


def fire_callbacks(*, now: datetime) -> int:
    """Put every callback whose time has come into the line, each by itself; returns how many."""
    fired = 0
    for ref in due_callbacks(now):
        try:
            fired += recall(ref, now=now)
        except Exception:
            log.exception("the callback of %s was not put into the line", ref)
    return fired


def recall(ref: UUID, *, now: datetime) -> bool:
    """Offer the promised call as a task, at the place it kept; false when it is not due. Raises NotFound."""
    with transaction.atomic():
        row = lock_interaction(ref)
        callback = live_callback(row)
        if callback is None or row.state != State.CALLBACK_SCHEDULED:
            return False
        if callback.next_at is None or callback.next_at > now:
            return False
        callback.state, callback.next_at = CallbackState.CALLING, None
        callback.save(update_fields=["state", "next_at"])
        step(row, Move.RECALL)
        task = {"channel": Channel.TASK, "units": UNITS, "waits": True}
        _line_up(row, callback, reason="callback", now=now, **task)
    announce_state(brand_id=brand_id(), ref=ref, agent_id=None, state=row.state)
    return True


def record_attempt(ref: UUID, *, agent_id: int, outcome: str, now: datetime) -> None:
    """Say what came of the call: reached, no_answer (again after RETRY, MOST_ATTEMPTS in all) or declined.

    Reached, the conversation goes on with its agent. Raises Refused, NotYours, WrongState, NotFound.
    """
    if outcome not in {CallbackState.REACHED, CallbackState.NO_ANSWER, CallbackState.DECLINED}:
        raise Refused(_("Say what came of the call."), code="no_outcome")
    with transaction.atomic():
        row = lock_interaction(ref)
        if row.agent_id != agent_id:
            raise NotYours
        callback = live_callback(row)
        if callback is None or row.state != State.ACTIVE:
            raise WrongState(_("There is no call to be made."))
        callback.attempts += 1
        callback.last_agent_id = agent_id
        callback.save(update_fields=["attempts", "last_agent_id"])
        message = say(row, f"callback_{outcome}", now=now)
        again = outcome == CallbackState.NO_ANSWER and callback.attempts < MOST_ATTEMPTS
        note_event(
            row, Kind.CALLBACK_ATTEMPTED, now=now, actor_kind=ActorKind.AGENT, actor_id=agent_id,
            data=_told(callback) | {"outcome": outcome, "again": again},
        )  # fmt: skip
        if again:
            _try_later(row, callback, now=now)
        else:
            _settle(row, callback, CallbackState(outcome), agent_id=agent_id, now=now)
    announce_message(brand_id=brand_id(), ref=ref, agent_id=agent_id, seq=message.seq)
    announce_state(brand_id=brand_id(), ref=ref, agent_id=agent_id, state=row.state)


def _line_up(row: Interaction, callback: Callback, *, reason: str, now: datetime, **task: Any) -> None:
    """Into the line, at the place it kept; `task`: what else of the work item is other than a chat's."""
    data = queue_data(row) | {"again": True, "reason": reason}
    note_event(row, Kind.INTERACTION_QUEUED, now=now, actor_kind=ActorKind.SYSTEM, data=data)
    begin_segment(row, OwnerKind.QUEUE, agent_id=None, reason=reason, now=now)
    row.save()
    kept = draft_of(row, now=row.queued_at or now, last_agent_id=callback.last_agent_id)
    interaction_queued.send(Interaction, draft=replace(kept, again_at=now, **task), now=now)


def _to_come(row: Interaction) -> Callback:
    """Return the promise that nobody is at yet. Raises WrongState."""
    callback = live_callback(row)
    if callback is None or row.state != State.CALLBACK_SCHEDULED:
        raise WrongState(_("The call is on its way: it can't be changed any more."), code="under_way")
    return callback


def _check_asked(row: Interaction, window: Window, *, consent: bool, now: datetime) -> None:
    """Look at what a customer asks for. Raises Refused, WrongState."""
    if not consent:
        raise Refused(_("Say that we may call you."), code="consent")
    if row.callbacks.count() >= MOST_PROMISES:
        raise WrongState(_("No more calls can be promised here."), code="too_many")
    _within_hours(row, window, now=now)


def _within_hours(row: Interaction, window: Window, *, now: datetime) -> None:
    if not fits(window, projected(row.queue, now=now).openings, now=now):
        raise Refused(_("We're closed then. Choose another time."), code="window")


def _asked(callback: Callback) -> dict[str, object]:
    window = [callback.window_start_at.isoformat(), callback.window_end_at.isoformat()]
    return {"callback": str(callback.ref), "window": window}


def _told(callback: Callback) -> dict[str, object]:
    return {"callback": str(callback.ref), "attempt": callback.attempts}


def _settle(
    row: Interaction, callback: Callback, state: CallbackState, *, agent_id: int, now: datetime
) -> None:
    begun = Segment.objects.filter(interaction=row, ended_at__isnull=True).values_list(
        "started_at", flat=True
    )
    settle(row, callback, state, connected_at=begun.first() or now, now=now)
    if state == CallbackState.REACHED:
        row.save()
        return
    start_wrap_up(row, by=ActorKind.AGENT, actor_id=agent_id, code="agent_ended", now=now)


def _try_later(row: Interaction, callback: Callback, *, now: datetime) -> None:
    callback.state, callback.next_at = CallbackState.SCHEDULED, now + RETRY
    callback.save(update_fields=["state", "next_at"])
    step(row, Move.PROMISE)
    _let_go(row, was=State.ACTIVE, now=now)


def _let_go(row: Interaction, *, was: str, now: datetime) -> None:
    """Out of the line, or off its agent's hands, until the window."""
    leave_places(row, now=now)
    row.agent_id, row.agent_shown = None, ""
    row.waiting_since = None
    idle.stop(row)
    end_segment(row, now=now)
    follow(row, now=now)
    row.save()
    outcome = {"outcome": "callback"} if was == State.QUEUED else {}
    work_ended.send(Interaction, brand_id=brand_id(), interaction_ref=row.ref, **outcome, now=now)


def _number(typed: str) -> str:
    plain = crm.normalised(PointKind.PHONE, typed)
    if not (TYPED.fullmatch(typed.strip()) and NUMBER.fullmatch(plain)):
        raise Refused(_("Write a phone number, like +46 8 123 456."), code="number")
    return plain


def _window(window: Window, *, now: datetime) -> Window:
    start, end = window
    if end - max(start, now) < SHORTEST:
        raise Refused(_("The window must be open for at least 15 minutes from now."), code="window")
    if end - now > AHEAD:
        raise Refused(_("A call is promised for the next 14 days at most."), code="window")
    return start, end


def _words(row: Interaction, start: datetime, end: datetime) -> str:
    """Return what its customer reads, in their language and zone; the zone is named."""
    card = card_by_id(brand_id())
    zone = row.contact.timezone or (card.timezone if card else "UTC")
    here = [instant.astimezone(ZoneInfo(zone)) for instant in (start, end)]
    with translation.override(language_of(row.language, card.locales if card else ())):
        day = dated(here[0], "j F Y")
        last = dated(here[1], "H:i" if here[0].date() == here[1].date() else "j F Y, H:i")
        words = _("We'll call you %(day)s, %(from)s to %(until)s (%(zone)s). You can close this chat.")
        return words % {"day": day, "from": dated(here[0], "H:i"), "until": last, "zone": zone}
