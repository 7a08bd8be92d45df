"""One conversation: found, allowed, read and made into values.

Who holds an agent's seat in the brand may read its conversations; who has one may act on it. The rest look
absent.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from accounts.refusals import refuse
from core import ratelimit
from core.errors import NotFound
from core.ids import new_ref
from desk import reading
from desk.clocks import chips_of
from desk.lines import lines_of, midnight
from desk.reading import Contact, Facts, Window
from desk.values import Address, Call, Choice, Conversation, Customer, Line, Past, Person, conversation_path
from desk.wording import (
    address_name,
    channel_name,
    ending_words,
    language_name,
    person_words,
    reader_of,
    rest_words,
    unsent_words,
    visitor_name,
)
from interactions.access import note_reading
from interactions.actions import correctable_until
from interactions.actions.callbacks import MOST_ATTEMPTS
from interactions.actions.messages import MAX_CHARACTERS
from interactions.actions.resting import MOST_HOLD
from interactions.actions.voiding import VOID
from interactions.blocking import BlockView, block_of
from interactions.choices import MOVES, RESTING, Abuse, Move, State
from interactions.queries import callback_of, participants_of
from interactions.values import CallbackView, InteractionView, ParticipantView
from routing.choices import HelpReason
from routing.help import asked_help
from tenants.binding import Bound
from tenants.cards import card_by_slug
from tenants.scope import tenant_scope
from tenants.values import BrandCard
from workforce.queries import shown_name

LOOK_SECONDS = 300


@dataclass(frozen=True)
class _Read:
    """What one visit to the brand brings home."""

    facts: Facts
    contact: Contact
    window: Window
    drafts: tuple[str, str]
    earlier: list[InteractionView]
    choices: tuple[list[tuple[str, str]], list[tuple[str, str]]]
    call: CallbackView | None
    block: BlockView | None
    people: list[ParticipantView]


def client_for(actor: Actor, slug: str) -> BrandCard:
    """Return the brand of the address; raises NotFound for one that is not there or not the actor's."""
    client = card_by_slug(slug)
    if client is None:
        raise NotFound
    if not actor.can(Permission.ANSWER, client.id):
        refuse(actor.who, brand_id=client.id, permission=Permission.ANSWER, object=f"/desk/{slug}/")
    return client


def scope(actor: Actor, client: BrandCard) -> Bound:
    """Enter the brand with the actor's seat as its agent."""
    return tenant_scope(client, actor.grant(Permission.ANSWER, client))


def open_conversation(
    actor: Actor, client: BrandCard, ref: UUID, *, before: int | None = None, now: datetime
) -> Conversation:
    """Read the conversation with its customer; `before`: the messages above that number. Raises NotFound."""
    with scope(actor, client):
        read = _read(actor, ref, before=before, now=now)
    found = _conversation(actor, client, read, now=now)
    if not found.owns:
        return found
    return replace(found, help=asked_help(client.id, ref, agent_id=actor.user_id))


def more_lines(
    actor: Actor, client: BrandCard, ref: UUID, *, before: int | None, now: datetime
) -> tuple[Line, ...]:
    """Return the newest messages, or those above number `before`. Raises NotFound."""
    with scope(actor, client):
        facts, _contact = reading.conversation(ref, agent_id=actor.user_id, now=now)
        window = reading.older(ref, before=before) if before else reading.newest(ref)
    if facts.view.agent_id != actor.user_id and not facts.view.place_of(actor.user_id):
        note_look(actor, client, ref, now=now)
    return _lines(actor, facts.view, window, now=now)


def note_look(actor: Actor, client: BrandCard, ref: UUID, *, now: datetime) -> None:
    """Write down, once in five minutes, that an agent reads a conversation which is not theirs."""
    if ratelimit.hit(f"look:{actor.who}:{ref}", limit=1, seconds=LOOK_SECONDS):
        note_reading(ref, actor=actor.who, brand_id=client.id, now=now)


def _read(actor: Actor, ref: UUID, *, before: int | None, now: datetime) -> _Read:
    facts, contact = reading.conversation(ref, agent_id=actor.user_id, now=now)
    chooses = facts.view.state in {State.WRAP_UP, State.CLOSED} and facts.view.agent_id == actor.user_id
    return _Read(
        facts=facts,
        contact=contact,
        window=reading.older(ref, before=before) if before else reading.newest(ref),
        drafts=reading.drafts(ref, agent_id=actor.user_id) if facts.draft else ("", ""),
        earlier=reading.before_this(facts),
        choices=reading.choices() if chooses else ([], []),
        call=callback_of(ref) if facts.view.calls_back else None,
        people=participants_of(ref) if facts.view.places else [],
        block=block_of(ref, now=now) if chooses and facts.view.state == State.WRAP_UP else None,
    )


def _conversation(actor: Actor, client: BrandCard, read: _Read, *, now: datetime) -> Conversation:
    view = read.facts.view
    reasons, outcomes = read.choices
    is_mine, place = view.agent_id == actor.user_id, view.place_of(actor.user_id)
    leads = not is_mine and _may_reassign(actor, client)
    return Conversation(
        client=client,
        ref=view.ref,
        name=visitor_name(view),
        state=view.state,
        what=" · ".join(
            filter(None, (channel_name(view.channel), language_name(view.language), view.queue_name))
        ),
        alias=view.agent_shown if is_mine else shown_name(actor.user_id, client.id),
        is_mine=is_mine,
        lines=_lines(actor, view, read.window, now=now),
        has_older=not read.window.is_whole,
        last=view.last_seq,
        draft_reply=read.drafts[0],
        draft_note=read.drafts[1],
        due_at=view.wrap_up_due_at if view.state == State.WRAP_UP else None,
        total_seconds=_total_seconds(view),
        extended=view.wrap_up_extended,
        reasons=tuple(Choice(*pair) for pair in reasons),
        outcomes=tuple(Choice(*pair) for pair in outcomes),
        voids=tuple(Choice(code, str(words)) for code, words in VOID),
        void=view.outcome if view.is_void and view.state == State.WRAP_UP else "",
        correctable_until=_correctable_until(client, view, is_mine=is_mine, now=now),
        chosen=(view.reason_code, view.outcome_code),
        call=_call(client, read.call),
        block=read.block,
        helps=tuple(Choice(str(code), str(words)) for code, words in HelpReason.choices),
        abuses=tuple(Choice(str(code), str(words)) for code, words in Abuse.choices),
        ending=ending_words(read.facts),
        unsent_words=unsent_words(view, place),
        waited=_waited(view),
        rest=rest_words(view, now) if view.state in RESTING else "",
        hold_ends_at=view.held_at + MOST_HOLD if view.held_at else None,
        may_reassign=leads and view.state in MOVES[Move.TRANSFER][0],
        can_reopen=is_mine and view.state == State.CLOSED and (view.closed_at or now) >= midnight(now),
        limit=MAX_CHARACTERS,
        fresh_id=new_ref(),
        customer=_customer(client, view, read.contact, read.earlier),
        now=now,
        place=place,
        holder=view.agent_shown,
        people=_people(actor, read.people, now=now) if is_mine or place or leads else (),
        chips=chips_of(read.facts.clocks, now),
    )


def _people(actor: Actor, rows: list[ParticipantView], *, now: datetime) -> tuple[Person, ...]:
    return tuple(_person(one, actor.user_id, now=now) for one in rows)


def _person(one: ParticipantView, me: int, *, now: datetime) -> Person:
    since = one.began_at or one.asked_at
    name, seconds = one.agent_shown or one.asked, (now - since).total_seconds()
    return Person(one.ref, name, one.state, person_words(one), since, seconds, one.agent_id == me)


def _may_reassign(actor: Actor, client: BrandCard) -> bool:
    return actor.can(Permission.REASSIGN, client.id)


def _lines(actor: Actor, view: InteractionView, window: Window, *, now: datetime) -> tuple[Line, ...]:
    return lines_of(window.messages, reader_of(actor.user_id, view, now=now), before=window.before)


def _total_seconds(view: InteractionView) -> int:
    if not view.wrap_up_at or not view.wrap_up_due_at:
        return 0
    return round((view.wrap_up_due_at - view.wrap_up_at).total_seconds())


def _call(client: BrandCard, call: CallbackView | None) -> Call | None:
    if call is None:
        return None
    return Call(call.number, call.start, call.end, client.timezone, call.attempts + 1, MOST_ATTEMPTS)


def _correctable_until(
    client: BrandCard, view: InteractionView, *, is_mine: bool, now: datetime
) -> datetime | None:
    """Until when its agent may give it another reason and outcome; None: not theirs, or not any more."""
    if not is_mine or view.state != State.CLOSED or view.closed_at is None:
        return None
    until = correctable_until(view.closed_at, client.timezone)
    return until if now < until else None


def _waited(view: InteractionView) -> float | None:
    if not view.queued_at or not view.answered_at:
        return None
    return (view.answered_at - view.queued_at).total_seconds()


def _customer(
    client: BrandCard, view: InteractionView, contact: Contact, earlier: list[InteractionView]
) -> Customer:
    return Customer(
        name=visitor_name(view),
        timezone=contact.timezone or client.timezone,
        is_local=bool(contact.timezone),
        place=_place(contact.timezone or client.timezone),
        language=language_name(contact.language or view.language),
        page=contact.page.partition("://")[2] or contact.page,
        since=contact.created_at,
        contacts=contact.times,
        points=tuple(Address(address_name(kind), value) for kind, value in contact.points),
        earlier=tuple(_past(client, past) for past in earlier),
    )


def _past(client: BrandCard, past: InteractionView) -> Past:
    title = past.reason or past.preview or _("No words")
    return Past(conversation_path(client.slug, past.ref), title, past.closed_at or past.opened_at)


def _place(zone: str) -> str:
    """`Europe/Stockholm` -> `Stockholm`."""
    return ZoneInfo(zone).key.rpartition("/")[2].replace("_", " ")
