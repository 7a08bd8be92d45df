"""Rows of a brand for the leak tests, and a way to ask PostgreSQL who it thinks we are."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import connection

from crm.models import Contact
from interactions.models import Inbox, Interaction, Message, Queue
from tenants.cards import BrandCard
from tests.factories import NOW


@dataclass
class Rows:
    queue: Queue
    inbox: Inbox
    contact: Contact
    interaction: Interaction
    message: Message


def make_rows(body: str = "hello", *, name: str = "Orders") -> Rows:
    """Write one conversation into the brand that is bound."""
    queue = Queue.objects.create(name=name)
    inbox = Inbox.objects.create(name="Web chat", queue=queue)
    contact = Contact.objects.create(name=f"Contact of {name}")
    interaction = make_interaction(queue=queue, inbox=inbox, contact=contact)
    message = make_message(interaction, 1, body)
    return Rows(queue, inbox, contact, interaction, message)


def make_interaction(**fields: Any) -> Interaction:
    made: Interaction = Interaction.objects.create(channel="webchat", opened_at=NOW, **fields)
    return made


def new_message(interaction: Interaction, seq: int, body: str) -> Message:
    return Message(
        interaction=interaction, seq=seq, direction="in", author_kind="contact", body=body, at=NOW,
        inbox_id=interaction.inbox_id, client_id=uuid4(),
    )  # fmt: skip


def make_message(interaction: Interaction, seq: int, body: str) -> Message:
    message = new_message(interaction, seq, body)
    message.save()
    return message


def whoami() -> tuple[str, str, str]:
    """Return role, search_path and app.brand_id as the server has them for a statement sent now."""
    with connection.cursor() as cursor:
        cursor.execute(WHO)
        return as_who(cursor.fetchone())


def as_who(row: Any) -> tuple[str, str, str]:
    """Return a row of WHO with nothing said as an empty text."""
    return row[0], row[1], row[2] or ""


WHO = "SELECT current_user, current_setting('search_path'), current_setting('app.brand_id', true)"


def is_in(who: tuple[str, str, str], card: BrandCard) -> bool:
    """Tell whether all three of role, search_path and app.brand_id are the brand's."""
    return who == (card.role_name, f'"{card.schema_name}", public', str(card.id))


def is_unbound(who: tuple[str, str, str]) -> bool:
    return who == ("trunkline", "public", "")


@dataclass(frozen=True)
class World:
    """Two brands; each has one conversation with one message, `secret of <slug>`."""

    a: BrandCard
    b: BrandCard

    def other(self, card: BrandCard) -> BrandCard:
        return self.b if card is self.a else self.a
