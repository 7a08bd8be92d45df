"""Questions to one brand, asked inside its scope; values out. One statement each unless it says more."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery

from core.errors import NotFound
from crm.models import ContactPoint
from interactions.choices import DispositionKind, DraftKind
from interactions.clocks.queries import clocks_json, views, with_hours
from interactions.clocks.values import ClockView
from interactions.models import Draft, Interaction, Message
from interactions.queries import as_view, dispositions, drafts_of, earlier, message_view
from interactions.values import InteractionView, MessageView

WINDOW = 100
EARLIER = 5
NEWS = """
SELECT c.name, c.ref, i.language, i.last_seq, m.seq, m.direction, m.author_kind, m.author_id, m.author_shown,
       m.body, m.client_id, m.at, m.data::text, m.redactions::text
  FROM interactions_interaction i
  JOIN crm_contact c ON c.id = i.contact_id
  JOIN interactions_message m ON m.interaction_id = i.id
 WHERE i.ref = %s AND (i.agent_id = %s OR i.beside ? %s) AND m.seq >= %s
 ORDER BY m.seq LIMIT %s
"""
CALLERS = """
SELECT i.ref, c.name, c.ref, i.language, i.preview, q.name, i.waits, i.calls_back,
       (SELECT m.body FROM interactions_message m
         WHERE i.places > 0 AND m.interaction_id = i.id AND m.data->>'code' = 'consult_asked'
         ORDER BY m.seq DESC LIMIT 1)
  FROM interactions_interaction i
  JOIN crm_contact c ON c.id = i.contact_id
  JOIN interactions_queue q ON q.id = i.queue_id
 WHERE i.ref = ANY(%s)
"""


@dataclass(frozen=True)
class Facts:
    """An interaction and what the desk adds: whether I have a draft, whether its disposition is missing."""

    view: InteractionView
    draft: bool
    missing: bool
    clocks: tuple[ClockView, ...] = ()


@dataclass(frozen=True)
class Contact:
    """The customer's own row. `points`: (kind, value) of addresses; `times`: how often they were here."""

    timezone: str
    language: str
    page: str
    created_at: datetime
    points: tuple[tuple[str, str], ...]
    times: int


@dataclass(frozen=True)
class Talk:
    """With whom a conversation is, and its last number."""

    contact_name: str
    contact_ref: UUID
    language: str
    last_seq: int


@dataclass(frozen=True)
class Caller:
    """What an offer says of the customer. `question`: what a colleague was asked last, while anybody is."""

    contact_name: str
    contact_ref: UUID
    language: str
    preview: str
    queue_name: str
    waits: bool
    calls_back: bool
    question: str | None


@dataclass(frozen=True)
class Window:
    """Consecutive messages; `before` is the one above the first. `is_whole`: none was left out."""

    messages: tuple[MessageView, ...]
    before: MessageView | None
    is_whole: bool = True


def facts_of(refs: Iterable[UUID], *, agent_id: int, now: datetime) -> dict[UUID, Facts]:
    """Return what the work list and the offers show of these interactions."""
    rows = _listed(agent_id).filter(ref__in=list(refs))
    return {one.view.ref: one for one in _all_facts(rows, now)}


def conversation(ref: UUID, *, agent_id: int, now: datetime) -> tuple[Facts, Contact]:
    """Return the interaction and its customer (two statements). Raises NotFound."""
    same = Interaction.objects.filter(contact=OuterRef("contact")).order_by().values("contact")
    times = Subquery(same.annotate(n=Count("pk")).values("n"))
    row = _listed(agent_id).annotate(times=times).filter(ref=ref).first()
    if row is None:
        raise NotFound
    owner, points = row.contact, ContactPoint.objects.filter(contact=row.contact_id).order_by("pk")
    addresses = tuple(points.values_list("kind", "value"))
    return _all_facts([row], now)[0], Contact(
        owner.timezone, owner.language, owner.page, owner.created_at, addresses, row.times
    )


def newest(ref: UUID) -> Window:
    """Return the end of the conversation."""
    return _window(ref, Message.objects.filter(interaction__ref=ref))


def older(ref: UUID, *, before: int) -> Window:
    """Return what stands above message number `before`."""
    return _window(ref, Message.objects.filter(interaction__ref=ref, seq__lt=before))


def news(ref: UUID, *, agent_id: int, after: int, most: int = WINDOW) -> tuple[Talk | None, Window]:
    """Return what came after number `after` in a conversation the agent has or is in; neither: no talk.

    More than `most` messages: the window is empty and not whole. On the way of every message to its agent, so
    it is written out: composing it through the models takes longer than all the rest of that way.
    """
    with connection.prepared() as cursor:  # type: ignore[attr-defined]
        cursor.execute(NEWS, [ref, agent_id, str(agent_id), after, most + 2])
        rows = cursor.fetchall()
    if not rows:
        return None, Window((), None)
    talk = Talk(*rows[-1][:4])
    views = tuple(_heard(ref, row[4:]) for row in rows)
    fresh = tuple(view for view in views if view.seq > after)
    if len(fresh) > most:
        return talk, Window((), None, is_whole=False)
    return talk, Window(fresh, views[0] if views[0].seq <= after else None)


def callers(refs: Iterable[UUID]) -> dict[UUID, Caller]:
    """Return who waits there, for an offer: as little as it shows. Written out, as `news` is."""
    with connection.prepared() as cursor:  # type: ignore[attr-defined]
        cursor.execute(CALLERS, [list(refs)])
        return {row[0]: Caller(*row[1:]) for row in cursor.fetchall()}


def drafts(ref: UUID, *, agent_id: int) -> tuple[str, str]:
    """Return the agent's unsent reply and note."""
    found = drafts_of(agent_id, [ref]).get(ref, {})
    return found.get(DraftKind.REPLY, ""), found.get(DraftKind.NOTE, "")


def before_this(facts: Facts) -> list[InteractionView]:
    """Return the same contact's last conversations besides this one."""
    return earlier(facts.view.contact_id, than=facts.view.ref, limit=EARLIER)


def choices() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the brand's reasons and outcomes (two statements)."""
    return dispositions(DispositionKind.REASON), dispositions(DispositionKind.OUTCOME)


def _listed(agent_id: int) -> QuerySet[Interaction]:
    """Rows, whether the agent has a draft of each, and its clocks."""
    draft = Draft.objects.filter(interaction=OuterRef("pk"), agent_id=agent_id)
    related = Interaction.objects.select_related("contact", "queue", "reason", "outcome")
    rows: QuerySet[Interaction] = related.annotate(draft=Exists(draft), ticking=clocks_json())
    return rows


def _all_facts(rows: Iterable[Any], now: datetime) -> list[Facts]:
    found = list(rows)
    clocks = with_hours([views(row.ticking) for row in found], now=now)
    return [
        Facts(as_view(row), row.draft, row.disposition_missing, of)
        for row, of in zip(found, clocks, strict=True)
    ]


def _heard(ref: UUID, columns: tuple[Any, ...]) -> MessageView:
    """Make the value of the columns of NEWS from `seq` on, JSON as text."""
    seq, direction, author_kind, author_id, author_shown, body, client_id, at, data, redactions = columns
    return MessageView(
        ref, seq, direction, author_kind, author_id, author_shown, body, client_id, at,
        data=json.loads(data), redactions=tuple(json.loads(redactions)),
    )  # fmt: skip


def _window(ref: UUID, rows: QuerySet[Message]) -> Window:
    last = [message_view(row, ref) for row in rows.order_by("-seq")[: WINDOW + 1]]
    last.reverse()
    above = last[0] if len(last) > WINDOW else None
    return Window(tuple(last[1:] if above else last), above, is_whole=above is None)


def above(ref: UUID, seq: int) -> MessageView | None:
    """Return the message before number `seq`."""
    row = Message.objects.filter(interaction__ref=ref, seq__lt=seq).order_by("-seq").first()
    return message_view(row, ref) if row else None
