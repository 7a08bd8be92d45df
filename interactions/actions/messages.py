"""Verbs on the messages of agents, and what all messages share. A customer's come in by `incoming`.

Exactly once: `client_id` is the sender's own number for a message, and a repeat is answered with what is
stored, whatever has become of the conversation since.
"""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.luhn import mask_cards
from events.choices import ActorKind, Kind
from interactions import idle
from interactions.access import lock_interaction
from interactions.actions.base import brand_id, note_event
from interactions.choices import PRESENT, WITH_AGENT, AuthorKind, Direction, DraftKind, PlaceState, State
from interactions.errors import Ended, MovedOn, NotYours, Refused, WrongState
from interactions.live import announce_message
from interactions.models import Draft, Interaction, Message
from interactions.queries import message_view, transcript
from interactions.values import MessageView

MAX_CHARACTERS = 10_000
PREVIEW = 120

LINE_ENDS = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def checked(body: str) -> str:
    """Return the text as it may be stored: trimmed, lines ended by a line feed.

    Raises Refused: empty, too_long (over MAX_CHARACTERS), control (what is no text, and half a character).
    """
    text = LINE_ENDS.sub("\n", body).strip()
    if not text:
        raise Refused(_("Write something first."), code="empty")
    if CONTROL.search(text):
        words = _("The message holds hidden characters that can't be sent. Remove them, then send again.")
        raise Refused(words, code="control")
    if len(text) > MAX_CHARACTERS:
        words = _("The message is too long. Characters over the limit: %(over)d.")
        raise Refused(words % {"over": len(text) - MAX_CHARACTERS}, code="too_long")
    return text


def send_reply(
    ref: UUID, *, agent_id: int, author_shown: str, client_id: UUID, body: str, last_seq: int, now: datetime
) -> MessageView:
    """Send the agent's reply under the alias, once per `client_id`; their draft of it is gone then.

    `last_seq` is the newest number the agent had seen. Raises MovedOn, with the newer messages, when the
    customer or another agent has written since; NotYours when somebody else has it; Ended, Refused, NotFound.
    """
    text = checked(body)
    try:
        with transaction.atomic():
            row = _theirs(ref, agent_id, states={State.ACTIVE}, places={PlaceState.JOINED})
            if _moved_on(row, agent_id=agent_id, last_seq=last_seq):
                raise MovedOn(since=last_seq, messages=transcript(ref, after=last_seq))
            message = write(
                row, Direction.OUT, AuthorKind.AGENT, text, author_id=agent_id, author_shown=author_shown,
                client_id=client_id, now=now,
            )  # fmt: skip
            row.unread = 0
            note_event(
                row, Kind.MESSAGE_SENT, now=now, actor_kind=ActorKind.AGENT, actor_id=agent_id,
                data={"seq": message.seq},
            )  # fmt: skip
            row.waiting_since = None
            idle.start(row, now=now)
            save_list_columns(row)
            Draft.objects.filter(interaction=row, agent_id=agent_id, kind=DraftKind.REPLY).delete()
    except (IntegrityError, WrongState, NotYours, MovedOn):
        if (stored := known(ref, client_id, author_id=agent_id)) is not None:
            return stored
        raise
    announce_message(brand_id=brand_id(), ref=ref, agent_id=row.agent_id, seq=message.seq, beside=row.beside)
    return message


def add_note(
    ref: UUID, *, agent_id: int, author_shown: str, client_id: UUID, body: str, now: datetime
) -> MessageView:
    """Write an internal note, in wrap-up too, once per `client_id`; the customer never reads it.

    Raises NotYours, Ended, Refused, NotFound.
    """
    text = checked(body)
    try:
        with transaction.atomic():
            row = _theirs(ref, agent_id, states=WITH_AGENT | {State.WRAP_UP}, places=PRESENT)
            message = write(
                row, Direction.NOTE, AuthorKind.AGENT, text, author_id=agent_id, author_shown=author_shown,
                client_id=client_id, data={"code": "consult"} if row.beside else {}, now=now, preview=False,
            )  # fmt: skip
            save_list_columns(row)
            Draft.objects.filter(interaction=row, agent_id=agent_id, kind=DraftKind.NOTE).delete()
    except (IntegrityError, WrongState, NotYours):
        if (stored := known(ref, client_id, author_id=agent_id)) is not None:
            return stored
        raise
    announce_message(
        brand_id=brand_id(), ref=ref, agent_id=row.agent_id, seq=message.seq, public=False, beside=row.beside
    )
    return message


def whisper(
    ref: UUID, *, author_id: int, author_shown: str, client_id: UUID, body: str, now: datetime
) -> MessageView:
    """Write a note into somebody else's conversation, for its agent, once per `client_id`.

    Who may is asked before. Raises Ended, Refused, NotFound.
    """
    text = checked(body)
    try:
        with transaction.atomic():
            row = lock_interaction(ref)
            if row.state not in {State.ACTIVE, State.WRAP_UP}:
                raise Ended
            message = write(
                row, Direction.NOTE, AuthorKind.AGENT, text, author_id=author_id, author_shown=author_shown,
                client_id=client_id, data={"code": "whisper"}, now=now, preview=False,
            )  # fmt: skip
            save_list_columns(row)
    except IntegrityError:
        if (stored := known(ref, client_id, author_id=author_id)) is not None:
            return stored
        raise
    announce_message(
        brand_id=brand_id(), ref=ref, agent_id=row.agent_id, seq=message.seq, public=False, beside=row.beside
    )
    return message


def read_up_to(ref: UUID, *, agent_id: int, seq: int) -> None:
    """Note that the agent has the conversation in front and has seen everything up to `seq`."""
    mine = Interaction.objects.filter(ref=ref, agent_id=agent_id, last_seq__lte=seq)
    mine.exclude(unread=0).update(unread=0)


def say(row: Interaction, code: str, *, body: str = "", now: datetime, **data: Any) -> MessageView:
    """Write a system message (joined, nudged) on the locked row; without `body` the words are the page's."""
    return write(
        row, Direction.SYSTEM, AuthorKind.SYSTEM, body, now=now, preview=False, data={"code": code, **data}
    )  # fmt: skip


def write(
    row: Interaction,
    direction: Direction,
    author: AuthorKind,
    text: str,
    *,
    now: datetime,
    author_id: int | None = None,
    author_shown: str = "",
    client_id: UUID | None = None,
    data: dict[str, Any] | None = None,
    preview: bool = True,
) -> MessageView:
    """Insert the next message of the locked row, cards masked; list columns follow on the instance."""
    body, redactions = mask_cards(text)
    row.last_seq += 1
    if preview:
        row.preview = preview_of(body)
        row.last_message_at = now
    message = Message.objects.create(
        interaction=row, inbox_id=row.inbox_id, seq=row.last_seq, direction=direction, author_kind=author,
        author_id=author_id, author_shown=author_shown[:120], body=body, redactions=redactions,
        client_id=client_id, data=data or {}, language=row.language, at=now,
    )  # fmt: skip
    return message_view(message, row.ref)


def preview_of(body: str) -> str:
    """Return the beginning of the text in one line, as lists show it."""
    return " ".join(body.split())[:PREVIEW]


def save_list_columns(row: Interaction) -> None:
    """Write what a message changes on the row."""
    columns = ("last_seq", "event_n", "unread", "preview", "last_message_at", "waiting_since")
    row.save(update_fields=[*columns, *idle.IDLE_COLUMNS])


def known(ref: UUID, client_id: UUID, *, author_id: int | None = None) -> MessageView | None:
    """Return the author's message of that `client_id` if it is stored; `author_id` None: the customer's."""
    sent = Message.objects.filter(interaction__ref=ref, client_id=client_id, author_id=author_id)
    row = sent.first()
    return message_view(row, ref) if row else None


def _theirs(ref: UUID, agent_id: int, *, states: Collection[str], places: Collection[str]) -> Interaction:
    """Lock the conversation that the agent has, or is in at one of the places. Raises NotYours, Ended."""
    row = lock_interaction(ref)
    if row.agent_id != agent_id and row.place_of(agent_id) not in places:
        raise NotYours
    if row.state not in states:
        raise Ended
    return row


def _moved_on(row: Interaction, *, agent_id: int, last_seq: int) -> bool:
    """Tell whether the customer or another agent wrote past `last_seq`; asks only if anything is past it."""
    if row.last_seq <= last_seq or row.last_in_seq > last_seq:
        return row.last_in_seq > last_seq
    said = Message.objects.filter(interaction=row, seq__gt=last_seq, direction=Direction.OUT)
    return bool(said.exclude(author_id=agent_id).exists())
