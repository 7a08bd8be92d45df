"""What the templates of the desk are given: frozen values, made in a scope, shown in none."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desk.acts import AWAKE, KEPT, Acts, acts_of
from desk.clocks import ClockChip
from interactions.actions.consulting import ASKS_IN
from interactions.blocking import BlockView
from interactions.choices import PlaceState, State
from interactions.participants import MOST_PLACES
from routing.help import HelpView
from tenants.values import BrandCard

NEEDS, WAITING, WRAP_UP, CLOSED = "needs", "waiting", "wrap_up", "closed"


def conversation_path(slug: str, ref: UUID) -> str:
    return reverse("desk:conversation", args=(slug, ref))


def milliseconds(instant: datetime) -> int:
    """The instant as the page's scripts count: of two looks at the same thing the later one stays."""
    return round(instant.timestamp() * 1000)


def stream_of(ref: UUID) -> str:
    """How the live socket calls a conversation."""
    return f"c.{ref}"


@dataclass(frozen=True)
class Row:
    """One conversation in the work list. `since`: its customer waits for an answer since then; `until`: the
    end of its wrap-up, or when the agent said to be back (`held`). `resting`: what it waits for, put away.
    `beside`: it is a colleague's, and the agent is in it too; `clock`: the one that needs somebody first."""

    client: BrandCard
    ref: UUID
    name: str
    preview: str
    at: datetime
    seq: int
    unread: int
    draft: bool
    group: str
    since: datetime | None
    until: datetime | None
    resting: str
    held: bool
    ending: str
    calls_back: bool
    now: datetime
    beside: bool = False
    clock: ClockChip | None = None

    @property
    def path(self) -> str:
        return conversation_path(self.client.slug, self.ref)

    @property
    def key(self) -> str:
        """Where it stands in its group: the longest waiting first, of the closed ones the latest."""
        instant = (self.until if self.group == WRAP_UP else self.since) or self.at
        stamp = int(instant.timestamp() * 1000)
        return f"{10**14 - stamp if self.group == CLOSED else stamp:015d}{self.ref}"

    @property
    def waited(self) -> float:
        return (self.now - self.since).total_seconds() if self.since else 0

    @property
    def left(self) -> float:
        return (self.until - self.now).total_seconds() if self.until else 0

    @property
    def unread_words(self) -> str:
        return ngettext("%(count)d unread", "%(count)d unread", self.unread) % {"count": self.unread}


@dataclass(frozen=True)
class Group:
    name: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class OfferCard:
    """Work put before the agent until `expires_at`. `chips`: why it is for them, in words.

    `asked_by`: the colleague who wants their advice, and `preview` the question; "" for a customer who waits.
    """

    client: BrandCard
    ref: UUID
    name: str
    preview: str
    made_at: datetime
    expires_at: datetime
    enqueued_at: datetime
    chips: tuple[str, ...]
    calls_back: bool
    asked_by: str
    now: datetime

    @property
    def total_seconds(self) -> int:
        return round((self.expires_at - self.made_at).total_seconds())

    @property
    def left_seconds(self) -> int:
        return round((self.expires_at - self.now).total_seconds())

    @property
    def waited_seconds(self) -> float:
        return (self.now - self.enqueued_at).total_seconds()


@dataclass(frozen=True)
class Capacity:
    """The agent's chat slots: in conversation, in wrap-up, free."""

    talking: int
    wrapping: int
    slots: int

    @property
    def marks(self) -> tuple[str, ...]:
        free = max(0, self.slots - self.talking - self.wrapping)
        return ("on",) * self.talking + ("wrap",) * self.wrapping + ("",) * free

    @property
    def short(self) -> str:
        return _("%(used)d of %(slots)d") % {"used": self.talking + self.wrapping, "slots": self.slots}

    @property
    def words(self) -> str:
        values = {"used": self.talking + self.wrapping, "slots": self.slots}
        return ngettext("%(used)d of %(slots)d chat", "%(used)d of %(slots)d chats", self.slots) % values


@dataclass(frozen=True)
class Part:
    """A piece of a text; `hidden` stands where a card number was."""

    text: str
    hidden: bool = False


@dataclass(frozen=True)
class Line:
    """One message as the stream shows it. `kind`: in, out, note, event. `day`: words where a day begins.

    `inner`: an event that no customer reads; `consult`: a note of the talk with a colleague who was asked.
    """

    seq: int
    kind: str
    mine: bool
    by: str
    at: datetime
    parts: tuple[Part, ...]
    client_id: UUID | None
    language: str
    day: str
    words: str
    icon: str
    voice: str
    inner: bool = False
    consult: bool = False


@dataclass(frozen=True)
class Choice:
    code: str
    label: str


@dataclass(frozen=True)
class Address:
    label: str
    value: str


@dataclass(frozen=True)
class Past:
    """An earlier conversation of the same contact."""

    path: str
    title: str
    at: datetime


@dataclass(frozen=True)
class Customer:
    """Who the conversation is with. `timezone`: theirs when `is_local`, else their brand's."""

    name: str
    timezone: str
    is_local: bool
    place: str
    language: str
    page: str
    since: datetime
    contacts: int
    points: tuple[Address, ...]
    earlier: tuple[Past, ...]


@dataclass(frozen=True)
class Call:
    """A call that was promised, within `[start, end)` told in `zone`; the `attempt` comes now."""

    number: str
    start: datetime
    end: datetime
    zone: str
    attempt: int
    most: int


@dataclass(frozen=True)
class Person:
    """Somebody beside the agent, or asked to be, `since` then and for so many `seconds`."""

    ref: UUID
    name: str
    state: str
    words: str
    since: datetime
    seconds: float
    is_me: bool

    @property
    def is_there(self) -> bool:
        return self.state != PlaceState.ASKED

    @property
    def writes(self) -> bool:
        return self.state == PlaceState.JOINED

    @property
    def end_words(self) -> str:
        """What ending it is called."""
        if self.writes:
            return _("Take out")
        return _("End consult") if self.is_there else _("Take back")


@dataclass(frozen=True)
class Conversation:
    """A conversation opened by an agent of its brand. Only who has it (`is_mine`) may act on it.

    `place`: what the reader is beside the one who has it (PlaceState), "" for nothing; `people`: all beside.
    """

    client: BrandCard
    ref: UUID
    name: str
    state: str
    what: str
    alias: str
    is_mine: bool
    lines: tuple[Line, ...]
    has_older: bool
    last: int
    draft_reply: str
    draft_note: str
    due_at: datetime | None
    total_seconds: int
    extended: bool
    reasons: tuple[Choice, ...]
    outcomes: tuple[Choice, ...]
    voids: tuple[Choice, ...]
    void: str
    correctable_until: datetime | None
    chosen: tuple[str, str]
    call: Call | None
    block: BlockView | None
    abuses: tuple[Choice, ...]
    helps: tuple[Choice, ...]
    ending: str
    unsent_words: str
    waited: float | None
    rest: str
    hold_ends_at: datetime | None
    may_reassign: bool
    can_reopen: bool
    limit: int
    fresh_id: UUID
    customer: Customer
    now: datetime
    place: str = ""
    holder: str = ""
    people: tuple[Person, ...] = ()
    help: HelpView | None = None
    chips: tuple[ClockChip, ...] = ()

    @cached_property
    def path(self) -> str:
        return conversation_path(self.client.slug, self.ref)

    @property
    def stream(self) -> str:
        return stream_of(self.ref)

    @property
    def first(self) -> int:
        return self.lines[0].seq if self.lines else 1

    @property
    def can_reply(self) -> bool:
        if self.place:
            return self.place == PlaceState.JOINED and self.state == State.ACTIVE
        return self.is_mine and self.state in AWAKE

    @property
    def can_write(self) -> bool:
        return bool(self.place) or (self.is_mine and self.state in {*KEPT, "wrap_up"})

    @property
    def owns(self) -> bool:
        """Whether it is theirs to end, to guard and to hand over, besides writing."""
        return self.is_mine and self.can_write

    @property
    def turn(self) -> str:
        """The state as the composer follows it: beside its agent a reply waits until there may be one."""
        return str(PlaceState.CONSULTING) if self.place and not self.can_reply else self.state

    @property
    def can_consult(self) -> bool:
        """Whether a colleague can be asked: one at a time, and so many at most."""
        waits = any(not one.is_there for one in self.people)
        return self.is_mine and self.state in ASKS_IN and not waits and len(self.people) < MOST_PLACES

    @property
    def people_version(self) -> str:
        return " ".join(f"{one.ref}{one.state}" for one in self.people)

    @property
    def shows_reply(self) -> bool:
        """Also a reply that was not sent in time stays readable until the end."""
        return self.can_reply or (self.can_write and bool(self.draft_reply))

    @property
    def is_live(self) -> bool:
        """Whether anything can still happen to it here."""
        return self.can_write

    @cached_property
    def acts(self) -> Acts:
        """What the agent can do with it now, besides writing."""
        return acts_of(self)

    @property
    def correction(self) -> dict[str, str]:
        """What stands in the form of a correction to begin with."""
        return dict(zip(("reason", "outcome"), self.chosen, strict=True))

    @property
    def can_promise(self) -> bool:
        return self.is_mine and self.can_reply and self.call is None

    @property
    def can_ask(self) -> bool:
        """Whether a hand can be raised: one is up at a time."""
        return self.owns and self.help is None

    @property
    def can_guard(self) -> bool:
        return self.owns and self.block is None

    @property
    def can_void(self) -> bool:
        return self.owns and not self.void

    @property
    def can_extend(self) -> bool:
        return self.due_at is not None and not self.extended

    @property
    def left_seconds(self) -> int:
        return round((self.due_at - self.now).total_seconds()) if self.due_at else 0

    @property
    def hold_left(self) -> int:
        return round((self.hold_ends_at - self.now).total_seconds()) if self.hold_ends_at else 0

    @property
    def looked_at(self) -> int:
        return milliseconds(self.now)
