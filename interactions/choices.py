"""The words of this room's columns, and which state may follow which."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    WEBCHAT = "webchat", _("Web chat")


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
WITH_AGENT = frozenset({State.ACTIVE, State.HELD, State.WAITING_CUSTOMER, State.SNOOZED})
ENDED = frozenset(set(State) - OPEN - {State.WRAP_UP})
NEXT: dict[str, frozenset[str]] = {
    State.NEW: frozenset({State.QUEUED}),
    State.QUEUED: frozenset({State.ACTIVE, State.ABANDONED}),
    State.ACTIVE: frozenset({State.WRAP_UP, State.QUEUED}),
    State.WRAP_UP: frozenset({State.CLOSED}),
    State.CLOSED: frozenset({State.QUEUED}),
    State.ABANDONED: frozenset({State.QUEUED}),
}


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
    OPTIONAL = "optional", _("Optional")
    MANDATORY = "mandatory", _("Mandatory")
    TIMED = "timed", _("Timed")


class DraftKind(models.TextChoices):
    REPLY = "reply", _("Reply")
    NOTE = "note", _("Note")
