"""Questions to one brand, asked inside its scope; values out. One statement each unless it says more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core.errors import NotFound
from crm.models import ContactPoint
from interactions.choices import Direction, DispositionKind, DraftKind
from interactions.models import Draft, Interaction, Message
from interactions.queries import as_view, dispositions, drafts_of, earlier, message_view
from interactions.values import InteractionView, MessageView

WINDOW = 100
EARLIER = 5


@dataclass(frozen=True)
class Facts:
    """An interaction and what the desk adds: `since` its customer waits, whether I have a draft."""

    view: InteractionView
    since: datetime | None
    draft: bool
    missing: bool


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
class Window:
    """Consecutive messages; `before` is the one above the first. `is_whole`: none was left out."""

    messages: tuple[MessageView, ...]
    before: MessageView | None
    is_whole: bool = True


def facts_of(refs: Iterable[UUID], *, agent_id: int) -> dict[UUID, Facts]:
    """Return what the work list and the offers show of these interactions."""
    return {row.ref: _facts(row) for row in _listed(agent_id).filter(ref__in=list(refs))}


def conversation(ref: UUID, *, agent_id: int) -> tuple[Facts, Contact]:
    """Return the interaction and its customer (two statements). Raises NotFound."""
    same = Interaction.objects.filter(contact=OuterRef("contact")).order_by().values("contact")
    times = Subquery(same.annotate(n=Count("pk")).values("n"))
    row = _listed(agent_id).annotate(times=times).filter(ref=ref).first()
    if row is None:
        raise NotFound
    owner, points = row.contact, ContactPoint.objects.filter(contact=row.contact_id).order_by("pk")
    addresses = tuple(points.values_list("kind", "value"))
    return _facts(row), Contact(
        owner.timezone, owner.language, owner.page, owner.created_at, addresses, row.times
    )


def newest(ref: UUID) -> Window:
    """Return the end of the conversation."""
    return _window(ref, Message.objects.filter(interaction__ref=ref))


def older(ref: UUID, *, before: int) -> Window:
    """Return what stands above message number `before`."""
    return _window(ref, Message.objects.filter(interaction__ref=ref, seq__lt=before))


def news(ref: UUID, *, agent_id: int, after: int, most: int = WINDOW) -> tuple[Facts | None, Window]:
    """Return what came after number `after` in a conversation of the agent's, and the facts of its row.

    More than `most` messages: the window is empty and not whole. Not the agent's: no facts, nothing.
    """
    listed = Message.objects.filter(interaction__ref=ref, interaction__agent_id=agent_id, seq__gte=after)
    related = ("contact", "queue", "reason", "outcome")
    full = listed.select_related(*(f"interaction__{name}" for name in related)).order_by("seq")
    rows = list(full.annotate(**_extra(agent_id, "interaction__"))[: most + 2])
    if not rows:
        return None, Window((), None)
    views = tuple(message_view(row, ref) for row in rows)
    facts = _facts(rows[-1].interaction, rows[-1])
    fresh = tuple(view for view in views if view.seq > after)
    if len(fresh) > most:
        return facts, Window((), None, is_whole=False)
    return facts, Window(fresh, views[0] if views[0].seq <= after else None)


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
    related = Interaction.objects.select_related("contact", "queue", "reason", "outcome")
    rows: QuerySet[Interaction] = related.annotate(**_extra(agent_id, ""))
    return rows


def _extra(agent_id: int, path: str) -> dict[str, Subquery | Exists]:
    """What is asked along with an interaction's row: the first message not answered yet, and a draft."""
    of_row = OuterRef(f"{path}pk")
    sent = Message.objects.filter(interaction=OuterRef("interaction"), direction=Direction.OUT)
    answered = Subquery(sent.order_by().values("interaction").annotate(n=Max("seq")).values("n"))
    asked = Message.objects.filter(interaction=of_row, direction=Direction.IN, seq__gt=Coalesce(answered, 0))
    draft = Draft.objects.filter(interaction=of_row, agent_id=agent_id)
    return {"since": Subquery(asked.order_by("seq").values("at")[:1]), "draft": Exists(draft)}


def _facts(row: Interaction, extra: Interaction | Message | None = None) -> Facts:
    told = extra or row
    return Facts(as_view(row), told.since, told.draft, row.disposition_missing)  # type: ignore[union-attr]


def _window(ref: UUID, rows: QuerySet[Message]) -> Window:
    last = [message_view(row, ref) for row in rows.order_by("-seq")[: WINDOW + 1]]
    last.reverse()
    above = last[0] if len(last) > WINDOW else None
    return Window(tuple(last[1:] if above else last), above, is_whole=above is None)


def above(ref: UUID, seq: int) -> MessageView | None:
    """Return the message before number `seq`."""
    row = Message.objects.filter(interaction__ref=ref, seq__lt=seq).order_by("-seq").first()
    return message_view(row, ref) if row else None
