"""Verbs on messages. Four statements for a customer's message: lock, message, event, row."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.luhn import mask_cards
from events.choices import ActorKind
from interactions.access import lock_interaction
from interactions.actions.base import brand_id, note_event
from interactions.choices import OPEN, AuthorKind, Direction, DraftKind, State
from interactions.errors import Ended, MovedOn, NotYours, Refused
from interactions.live import announce_message
from interactions.models import Draft, Interaction, Message
from interactions.queries import message_view
from interactions.values import MessageView

MAX_CHARACTERS = 10_000
PREVIEW = 120


def checked(body: str) -> str:
    """Return the text as it may be stored; raises Refused for what is empty or too long."""
    text = body.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        raise Refused(_("Write something first."), code="empty")
    if len(text) > MAX_CHARACTERS:
        over = len(text) - MAX_CHARACTERS
        words = ngettext(
            "The message is %(over)d character too long.",
            "The message is %(over)d characters too long.",
            over,
        )
        raise Refused(words % {"over": over}, code="too_long")
    return text


def receive_message(ref: UUID, *, client_id: UUID, body: str, now: datetime) -> MessageView:
    """Store what the customer wrote, once per `client_id`; a repeat returns what is stored.

    Raises Refused (empty, too_long), Ended, NotFound.
    """
    text = checked(body)
    try:
        with transaction.atomic():
            row = lock_interaction(ref)
            if row.state not in OPEN:
                raise Ended
            message = write_incoming(row, client_id=client_id, text=text, now=now)
            save_list_columns(row)
    except (IntegrityError, Ended):
        if (stored := known(ref, client_id)) is not None:
            return stored
        raise
    announce_message(brand_id=brand_id(), ref=ref, agent_id=row.agent_id, seq=message.seq)
    return message


def write_incoming(row: Interaction, *, client_id: UUID, text: str, now: datetime) -> MessageView:
    """Write a customer's message and its event on the locked row; the caller saves the row."""
    message = write(row, Direction.IN, AuthorKind.CONTACT, text, client_id=client_id, now=now)
    row.last_in_seq = row.last_seq
    row.unread += 1
    note_event(row, "message.received", now=now, actor_kind=ActorKind.CONTACT, data={"seq": message.seq})
    return message


def send_reply(
    ref: UUID, *, agent_id: int, author_shown: str, client_id: UUID, body: str, last_seq: int, now: datetime
) -> MessageView:
    """Send the agent's reply under the alias, once per `client_id`.

    `last_seq` is the newest number the agent had seen. Raises MovedOn when the customer has written since,
    NotYours when somebody else has it, Ended, Refused, NotFound.
    """
    text = checked(body)
    try:
        with transaction.atomic():
            row = _mine(ref, agent_id)
            if row.last_in_seq > last_seq:
                raise MovedOn(since=last_seq)
            message = write(
                row, Direction.OUT, AuthorKind.AGENT, text, author_id=agent_id, author_shown=author_shown,
                client_id=client_id, now=now,
            )  # fmt: skip
            row.unread = 0
            data = {"seq": message.seq}
            note_event(row, "message.sent", now=now, actor_kind=ActorKind.AGENT, actor_id=agent_id, data=data)
            save_list_columns(row)
            Draft.objects.filter(interaction=row, agent_id=agent_id, kind=DraftKind.REPLY).delete()
    except (IntegrityError, MovedOn, Ended):
        if (stored := known(ref, client_id)) is not None:
            return stored
        raise
    announce_message(brand_id=brand_id(), ref=ref, agent_id=agent_id, seq=message.seq)
    return message


def add_note(
    ref: UUID, *, agent_id: int, author_shown: str, client_id: UUID, body: str, now: datetime
) -> MessageView:
    """Write an internal note; the customer never reads it. Raises NotYours, Refused, NotFound."""
    text = checked(body)
    try:
        with transaction.atomic():
            row = _mine(ref, agent_id, states={State.ACTIVE, State.WRAP_UP})
            message = write(
                row, Direction.NOTE, AuthorKind.AGENT, text, author_id=agent_id, author_shown=author_shown,
                client_id=client_id, now=now, preview=False,
            )  # fmt: skip
            save_list_columns(row)
            Draft.objects.filter(interaction=row, agent_id=agent_id, kind=DraftKind.NOTE).delete()
    except IntegrityError:
        if (stored := known(ref, client_id)) is not None:
            return stored
        raise
    announce_message(brand_id=brand_id(), ref=ref, agent_id=agent_id, seq=message.seq, public=False)
    return message


def read_up_to(ref: UUID, *, agent_id: int, seq: int) -> None:
    """Note that the agent has the conversation in front and has seen everything up to `seq`."""
    mine = Interaction.objects.filter(ref=ref, agent_id=agent_id, last_seq__lte=seq)
    mine.exclude(unread=0).update(unread=0)


def say(row: Interaction, code: str, *, now: datetime, **data: Any) -> MessageView:
    """Write a system message (joined, ended, left, requeued) on the locked row; the words are the page's."""
    return write(
        row, Direction.SYSTEM, AuthorKind.SYSTEM, "", now=now, preview=False, data={"code": code, **data}
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
        row.preview = " ".join(body.split())[:PREVIEW]
        row.last_message_at = now
    message = Message.objects.create(
        interaction=row, inbox_id=row.inbox_id, seq=row.last_seq, direction=direction, author_kind=author,
        author_id=author_id, author_shown=author_shown, body=body, redactions=redactions,
        client_id=client_id, data=data or {}, language=row.language, at=now,
    )  # fmt: skip
    return message_view(message, row.ref)


def save_list_columns(row: Interaction, *more: str) -> None:
    """Write what a message changes on the row, and what else the verb names."""
    row.save(
        update_fields=["last_seq", "last_in_seq", "event_n", "unread", "preview", "last_message_at", *more]
    )


def known(ref: UUID, client_id: UUID) -> MessageView | None:
    row = Message.objects.filter(interaction__ref=ref, client_id=client_id).first()
    return message_view(row, ref) if row else None


def _mine(ref: UUID, agent_id: int, *, states: set[State] | None = None) -> Interaction:
    row = lock_interaction(ref)
    if row.agent_id != agent_id:
        raise NotYours
    if row.state not in (states or {State.ACTIVE}):
        raise Ended
    return row
