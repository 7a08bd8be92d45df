"""Questions to the brand's conversations; values out."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from interactions.choices import (
    GOING_ON,
    LIVE_CALLBACK,
    PRESENT,
    RESTING,
    WITH_AGENT,
    CallbackState,
    Direction,
    DispositionKind,
    State,
)
from interactions.models import (
    Callback,
    Disposition,
    Draft,
    Interaction,
    Message,
    Participant,
    Queue,
)
from interactions.values import (
    CallbackView,
    InteractionView,
    MessageView,
    OpenPlace,
    ParticipantView,
)
from tenants.binding import current_brand

WINDOW = 50
PUBLIC = (Direction.IN, Direction.OUT, Direction.SYSTEM)  # what a customer may read: never a note


def as_view(row: Interaction) -> InteractionView:
    """Make the value of a row whose contact, queue, reason and outcome were selected with it."""
    return InteractionView(
        id=row.pk, ref=row.ref, brand_id=current_brand() or 0, queue_id=row.queue_id,
        queue_name=row.queue.name,
        channel=row.channel, state=row.state, contact_id=row.contact_id, contact_ref=row.contact.ref,
        contact_name=row.contact.name, language=row.language, agent_id=row.agent_id,
        agent_shown=row.agent_shown, is_test=row.is_test, calls_back=row.calls_back,
        waits=row.waits, last_seq=row.last_seq,
        last_in_seq=row.last_in_seq, last_message_at=row.last_message_at, preview=row.preview,
        unread=row.unread, waiting_since=row.waiting_since,
        opened_at=row.opened_at, queued_at=row.queued_at, answered_at=row.answered_at,
        wrap_up_at=row.wrap_up_at, wrap_up_due_at=row.wrap_up_due_at, wrap_up_extended=row.wrap_up_extended,
        closed_at=row.closed_at, reason=row.reason.label if row.reason else "",
        outcome=row.outcome.label if row.outcome else "",
        reason_code=row.reason.code if row.reason else "",
        outcome_code=row.outcome.code if row.outcome else "", is_void=row.is_void,
        units=row.queue.units, held_at=row.held_at, snoozed_until=row.snoozed_until,
        places=row.places, beside=row.beside,
    )  # fmt: skip


def message_view(row: Message, ref: UUID) -> MessageView:
    return MessageView(
        interaction_ref=ref, seq=row.seq, direction=row.direction, author_kind=row.author_kind,
        author_id=row.author_id, author_shown=row.author_shown, body=row.body, client_id=row.client_id,
        at=row.at, data=row.data, redactions=tuple(row.redactions),
    )  # fmt: skip


def list_rows(refs: Iterable[UUID]) -> dict[UUID, InteractionView]:
    """Return the list columns of many interactions with one statement."""
    rows = Interaction.objects.select_related("contact", "queue", "reason", "outcome").filter(
        ref__in=list(refs)
    )
    return {row.ref: as_view(row) for row in rows}


def transcript(ref: UUID, *, after: int = 0, limit: int = WINDOW) -> list[MessageView]:
    """Return what staff may read: the last `limit` messages past `after`, notes too, oldest first."""
    rows = Message.objects.filter(interaction__ref=ref, seq__gt=after).order_by("-seq")[:limit]
    return [message_view(row, ref) for row in reversed(rows)]


def answered_rests() -> list[UUID]:
    """Return what rests although its customer has written since."""
    resting = Interaction.objects.filter(state__in=RESTING, last_in_seq__gt=F("rested_seq"))
    return list(resting.order_by("pk").values_list("ref", flat=True))


def due_wrap_ups(now: datetime) -> list[UUID]:
    """Return whose wrap-up time is over, the longest due first."""
    due = Interaction.objects.filter(state=State.WRAP_UP, wrap_up_due_at__lte=now)
    return list(due.order_by("wrap_up_due_at").values_list("ref", flat=True))


def open_places(refs: Iterable[UUID] | None = None) -> list[OpenPlace]:
    """Return where each open conversation stands, of all or of these."""
    rows = Interaction.objects.filter(state__in=sorted(GOING_ON))
    if refs is not None:
        rows = rows.filter(ref__in=list(refs))
    return [OpenPlace(*row) for row in rows.values_list("ref", "state", "agent_id", "is_test")]


def due_idle(now: datetime) -> list[UUID]:
    """Return where a customer's silence is to be answered, the longest due first."""
    due = Interaction.objects.filter(idle_due_at__lte=now)
    return list(due.order_by("idle_due_at").values_list("ref", flat=True))


def long_holds(since: datetime) -> list[UUID]:
    """Return what is on hold since then or longer and nobody was told of, the longest first."""
    held = Interaction.objects.filter(state=State.HELD, held_at__lte=since, hold_told_at__isnull=True)
    return list(held.order_by("held_at").values_list("ref", flat=True))


def due_callbacks(now: datetime) -> list[UUID]:
    """Return whose promised call is due, the longest due first."""
    due = Callback.objects.filter(state=CallbackState.SCHEDULED, next_at__lte=now)
    return list(due.order_by("next_at").values_list("interaction__ref", flat=True))


def callback_of(ref: UUID) -> CallbackView | None:
    """Return the promised call that the conversation is under."""
    live = Callback.objects.filter(interaction__ref=ref, state__in=LIVE_CALLBACK)
    row = live.first()
    if row is None:
        return None
    return CallbackView(row.number, row.window_start_at, row.window_end_at, row.attempts)


def participants_of(ref: UUID) -> list[ParticipantView]:
    """Return who is beside the agent, or asked to be; who writes to the customer first, then by time."""
    rows = Participant.objects.filter(interaction__ref=ref, ended_at__isnull=True).order_by("pk")
    ordered = sorted(rows, key=lambda row: (row.joined_at is None, row.began_at is None))
    return [
        ParticipantView(
            row.ref, row.agent_id, row.agent_shown, row.asked, row.state, row.asked_by, row.asked_at,
            row.began_at,
        )
        for row in ordered
    ]  # fmt: skip


def places_standing(refs: Iterable[UUID] | None = None) -> list[tuple[UUID, UUID, str, int | None]]:
    """Return (participant, conversation, state, agent id) of all who are beside an agent, or of these."""
    rows = Participant.objects.filter(ended_at__isnull=True)
    if refs is not None:
        rows = rows.filter(ref__in=list(refs))
    return list(rows.order_by("pk").values_list("ref", "interaction__ref", "state", "agent_id"))


def miscounted_places() -> list[UUID]:
    """Return the conversations that say otherwise than their rows who is beside their agent, or have none."""
    rows = Participant.objects.filter(ended_at__isnull=True).values_list(
        "interaction_id", "agent_id", "state"
    )
    standing: dict[int, list[tuple[int | None, str]]] = {}
    for interaction_id, agent_id, state in rows:
        standing.setdefault(interaction_id, []).append((agent_id, state))
    claimed = Interaction.objects.filter(Q(places__gt=0) | Q(pk__in=list(standing)))
    return [row.ref for row in claimed if not _agrees(row, standing.get(row.pk, []))]


def _agrees(row: Interaction, standing: list[tuple[int | None, str]]) -> bool:
    there = {str(agent_id): state for agent_id, state in standing if state in PRESENT}
    return row.state in WITH_AGENT and row.places == len(standing) and row.beside == there


def public_transcript(ref: UUID, *, after: int = 0, limit: int = 1000) -> list[MessageView]:
    """Return what the customer may read: never a note."""
    rows = Message.objects.filter(interaction__ref=ref, seq__gt=after, direction__in=PUBLIC)
    return [message_view(row, ref) for row in rows.order_by("seq")[:limit]]


def one_message(ref: UUID, seq: int) -> MessageView | None:
    """Return the message of that number."""
    row = Message.objects.filter(interaction__ref=ref, seq=seq).first()
    return message_view(row, ref) if row else None


def earlier(contact_id: int, *, than: UUID, limit: int = 5) -> list[InteractionView]:
    """Return the contact's other interactions, the newest first."""
    rows = Interaction.objects.select_related("contact", "queue", "reason", "outcome")
    return [
        as_view(row) for row in rows.filter(contact_id=contact_id).exclude(ref=than).order_by("-pk")[:limit]
    ]


def closed_by(agent_id: int, *, since: datetime, limit: int = 50) -> list[InteractionView]:
    """Return what the agent closed since then, the latest first."""
    rows = Interaction.objects.select_related("contact", "queue", "reason", "outcome")
    found = rows.filter(agent_id=agent_id, state=State.CLOSED, closed_at__gte=since)
    return [as_view(row) for row in found.order_by("-closed_at", "-pk")[:limit]]


def closed_since(since: datetime) -> "QuerySet[Interaction]":
    """What was closed since then and counts, the latest first."""
    rows: QuerySet[Interaction] = Interaction.objects.select_related("contact", "queue", "reason", "outcome")
    return rows.filter(state=State.CLOSED, closed_at__gte=since, is_test=False).order_by("-closed_at", "-pk")


def opened_within(
    start: datetime, end: datetime, *, queue_id: int | None = None, ended: str = ""
) -> "QuerySet[Interaction]":
    """What came in in `[start, end)`, no tests, the latest first. `ended`: an outcome's code, or a state."""
    rows: QuerySet[Interaction] = Interaction.objects.select_related("queue", "outcome")
    rows = rows.filter(opened_at__gte=start, opened_at__lt=end, is_test=False)
    if queue_id is not None:
        rows = rows.filter(queue_id=queue_id)
    if ended in State.values:
        rows = rows.filter(state=ended)
    elif ended:
        rows = rows.filter(outcome__code=ended)
    return rows.order_by("-opened_at", "-pk")


def drafts_of(agent_id: int, refs: Sequence[UUID]) -> dict[UUID, dict[str, str]]:
    """Return the agent's unsent texts by ref and kind."""
    rows = Draft.objects.filter(agent_id=agent_id, interaction__ref__in=refs)
    found: dict[UUID, dict[str, str]] = {}
    for ref, kind, body in rows.values_list("interaction__ref", "kind", "body"):
        found.setdefault(ref, {})[kind] = body
    return found


def outcome_rows() -> list[tuple[str, str, bool]]:
    """Return the outcomes in use as (code, label, whether a contact that ends so was hard)."""
    rows = Disposition.objects.filter(kind=DispositionKind.OUTCOME, active=True).order_by("position", "pk")
    return list(rows.values_list("code", "label", "hard"))


def dispositions(kind: DispositionKind) -> list[tuple[str, str]]:
    """Return (code, label) of the reasons or outcomes on offer, in the brand's order."""
    rows = Disposition.objects.filter(kind=kind, active=True).order_by("position", "pk")
    return list(rows.values_list("code", "label"))


def reason_labels() -> dict[str, str]:
    """Return what the brand calls each reason, those it does not offer any more too."""
    rows = Disposition.objects.filter(kind=DispositionKind.REASON)
    return dict(rows.values_list("code", "label"))


def queue_refs() -> dict[int, UUID]:
    return dict(Queue.objects.values_list("pk", "ref"))


def queue_shares() -> dict[int, int]:
    """Return how many per cent of each queue's contacts are to be answered in time, by its id."""
    return dict(Queue.objects.values_list("pk", "target_share"))


def queue_names() -> dict[int, str]:
    return dict(Queue.objects.values_list("pk", "name"))
