"""The words of this room's columns, and which state may follow which."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    WEBCHAT = "webchat", _("Web chat")
    TASK = "task", _("Task")


class State(models.TextChoices):
    NEW = "new", _("New")
    IN_FLOW = "in_flow", _("In flow")
    QUEUED = "queued", _("Waiting")
    ACTIVE = "active", _("Active")
    HELD = "held", _("On hold")
    WAITING_CUSTOMER = "waiting_customer", _("Waiting on customer")
    SNOOZED = "snoozed", _("Snoozed")
    WRAP_UP = "wrap_up", _("Wrap-up")
    CLOSED = "closed", _("Closed")
    ABANDONED = "abandoned", _("Abandoned")
    DEFLECTED = "deflected", _("Deflected")
    OVERFLOWED = "overflowed", _("Overflowed")
    CALLBACK_SCHEDULED = "callback_scheduled", _("Callback scheduled")
    FAILED = "failed", _("Failed")


OPEN = frozenset(
    {State.NEW, State.IN_FLOW, State.QUEUED, State.ACTIVE, State.HELD, State.WAITING_CUSTOMER, State.SNOOZED}
)
GOING_ON = OPEN | {State.WRAP_UP}
WITH_AGENT = frozenset({State.ACTIVE, State.HELD, State.WAITING_CUSTOMER, State.SNOOZED})
RESTING = frozenset({State.WAITING_CUSTOMER, State.SNOOZED})
IN_HAND = WITH_AGENT - RESTING | {State.WRAP_UP}
"""Where the time of its agent counts as handle time."""
LIVE_CHANNELS = frozenset({Channel.WEBCHAT})
"""Where the customer sits there: while an answer of theirs is awaited, their agent's units stay taken."""
ENDED = frozenset(set(State) - OPEN - {State.WRAP_UP})


class Move(StrEnum):
    """How one state becomes another."""

    QUEUE = "queue"
    ASSIGN = "assign"
    ABANDON = "abandon"
    REQUEUE = "requeue"
    HAND = "hand"
    TRANSFER = "transfer"
    HOLD = "hold"
    AWAIT = "await"
    SNOOZE = "snooze"
    RESUME = "resume"
    WRAP = "wrap"
    CLOSE = "close"
    REOPEN = "reopen"
    UNWRAP = "unwrap"
    PROMISE = "promise"
    RECALL = "recall"


MOVES: dict[Move, tuple[frozenset[State], State]] = {
    Move.QUEUE: (frozenset({State.NEW}), State.QUEUED),
    Move.ASSIGN: (frozenset({State.QUEUED}), State.ACTIVE),
    Move.ABANDON: (frozenset({State.QUEUED}), State.ABANDONED),
    Move.REQUEUE: (WITH_AGENT, State.QUEUED),
    Move.HAND: (WITH_AGENT, State.ACTIVE),
    Move.TRANSFER: (WITH_AGENT | {State.QUEUED}, State.QUEUED),
    Move.HOLD: (frozenset({State.ACTIVE}), State.HELD),
    Move.AWAIT: (frozenset({State.ACTIVE, State.HELD}), State.WAITING_CUSTOMER),
    Move.SNOOZE: (frozenset({State.ACTIVE, State.HELD, State.WAITING_CUSTOMER}), State.SNOOZED),
    Move.RESUME: (frozenset({State.HELD, State.WAITING_CUSTOMER, State.SNOOZED}), State.ACTIVE),
    Move.WRAP: (frozenset({State.ACTIVE, State.HELD, State.WAITING_CUSTOMER}), State.WRAP_UP),
    Move.CLOSE: (RESTING | {State.WRAP_UP}, State.CLOSED),
    Move.REOPEN: (frozenset({State.CLOSED, State.ABANDONED}), State.QUEUED),
    Move.PROMISE: (frozenset({State.QUEUED, State.ACTIVE}), State.CALLBACK_SCHEDULED),
    Move.RECALL: (frozenset({State.CALLBACK_SCHEDULED}), State.QUEUED),
    Move.UNWRAP: (frozenset({State.WRAP_UP}), State.ACTIVE),
}
"""The legal moves: from any of these states, to that one."""


class ClockKind(models.TextChoices):
    """What a clock of a conversation measures (KPI.md section 4)."""

    FIRST = "first", _("First response")
    NEXT = "next", _("Next response")
    RESOLUTION = "resolution", _("Resolution")
    UPDATE = "update", _("Update")


class ClockState(models.TextChoices):
    """`idle`: not begun; `armed`: begins with the customer's next message."""

    IDLE = "idle", _("Not begun")
    ARMED = "armed", _("Ready")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    FULFILLED = "fulfilled", _("Fulfilled")
    CANCELLED = "cancelled", _("Cancelled")


class ClockPause(models.TextChoices):
    """Why a clock stands still: where the conversation is meanwhile, or what its client has been asked."""

    CUSTOMER = "customer", _("Waiting on customer")
    CLIENT = "client", _("Waiting for the client's answer")
    HOLD = "hold", _("On hold")
    SNOOZED = "snoozed", _("Snoozed")
    CALLBACK = "callback", _("Until the promised call")
    WRAP_UP = "wrap_up", _("Wrap-up")


class ClockTime(models.TextChoices):
    """Which time a clock counts."""

    ELAPSED = "elapsed", _("All time")
    BUSINESS = "business", _("Opening hours")


class Turn(StrEnum):
    """What becomes of an agent's work while the conversation stays theirs.

    `rest`: no time counts, the units stay taken; `sleep`: they are free too; `wake`: it goes on, if it can.
    `wrap_up`: the talk is over, its wrap-up runs; `back`: it is not over after all.
    """

    HOLD = "hold"
    TALK = "talk"
    REST = "rest"
    SLEEP = "sleep"
    WAKE = "wake"
    WRAP_UP = "wrap_up"
    BACK = "back"


class Direction(models.TextChoices):
    IN = "in", _("In")
    OUT = "out", _("Out")
    NOTE = "note", _("Note")
    SYSTEM = "system", _("System")


class AuthorKind(models.TextChoices):
    CONTACT = "contact"
    AGENT = "agent"
    BOT = "bot"
    AUTOMATION = "automation"
    SYSTEM = "system"


class OwnerKind(models.TextChoices):
    QUEUE = "queue"
    AGENT = "agent"
    BOT = "bot"


class DispositionKind(models.TextChoices):
    REASON = "reason", _("Reason")
    OUTCOME = "outcome", _("Outcome")


class WrapUpMode(models.TextChoices):
    """Timed: reason and outcome are wanted, and the end comes without them when the time is over."""

    TIMED = "timed", _("Timed")


class WhenClosed(models.TextChoices):
    """What a customer can do outside the hours of a queue."""

    TAKE = "take", _("Write: the message waits")
    HIDE = "hide", _("Only read when it opens")
    ADDRESS = "address", _("Leave a message and a mail address")


class ClosureKind(models.TextChoices):
    """Whether something happened, or a queue ends its day before its hours do."""

    EMERGENCY = "emergency", _("Emergency")
    EARLY = "early", _("Early closing")


class Line(models.TextChoices):
    """What becomes of those who wait already when it closes."""

    SERVED = "served", _("They keep their places and are still answered")
    TOLD = "told", _("They keep their places, may go, and are answered when it opens again")
    ENDED = "ended", _("Their conversations end with the text")


class HolidayKind(models.TextChoices):
    """What an own date of a calendar is: closed, open at hours of its own, or a holiday that is worked on."""

    CLOSED = "closed", _("Closed")
    HOURS = "hours", _("Other hours")
    WORKS = "works", _("Open as usual")


class Abuse(models.TextChoices):
    """Why a visitor is warned or blocked."""

    INSULTS = "insults", _("Insults")
    THREATS = "threats", _("Threats")
    HARASSMENT = "harassment", _("Harassment")
    FLOODING = "flooding", _("Flooding")


class CallbackState(models.TextChoices):
    """Scheduled for later, calling (offered, or with an agent), then how it ended; left: nobody said.

    One that its customer withdrew is neither kept nor missed.
    """

    SCHEDULED = "scheduled", _("Scheduled")
    CALLING = "calling", _("To be called now")
    REACHED = "reached", _("Reached")
    NO_ANSWER = "no_answer", _("No answer")
    DECLINED = "declined", _("Declined")
    LEFT = "left", _("Not called")
    WITHDRAWN = "withdrawn", _("Called off by the customer")


LIVE_CALLBACK = frozenset({CallbackState.SCHEDULED, CallbackState.CALLING})


class PlaceState(models.TextChoices):
    """A place beside the agent: asked (it rings, or waits), in it unseen, writing to the customer, over."""

    ASKED = "asked", _("Asked")
    CONSULTING = "consulting", _("Reads along")
    JOINED = "joined", _("Writes too")
    ENDED = "ended", _("Over")


PRESENT = frozenset({PlaceState.CONSULTING, PlaceState.JOINED})


class PlaceEnd(models.TextChoices):
    """Why a place beside the agent ended. `owner`: they have the conversation now."""

    OWNER = "owner", _("Took it over")
    KEPT = "kept", _("The agent goes on alone")
    TAKEN_BACK = "taken_back", _("The question was taken back")
    UNANSWERED = "unanswered", _("Not taken")
    LEFT = "left", _("Left")
    REMOVED = "removed", _("Removed")
    LOST = "lost", _("Lost")
    OVER = "over", _("The conversation went on without")


class DraftKind(models.TextChoices):
    REPLY = "reply", _("Reply")
    NOTE = "note", _("Note")
