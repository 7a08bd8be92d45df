"""The words of this room's columns."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ItemState(models.TextChoices):
    """Where a work item is. `offered` exists here alone: to its brand the interaction is still queued.

    `sleeping`: its agent keeps it and has their units back, until it is due or its customer writes.
    `missed`: a question to one agent who did not take it, until its conversation knows.
    """

    QUEUED = "queued", _("Queued")
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("In conversation")
    WRAP_UP = "wrap_up", _("Wrap-up")
    SLEEPING = "sleeping", _("Put away")
    MISSED = "missed", _("Not taken")
    ENDED = "ended", _("Ended")


class Outcome(models.TextChoices):
    """How a work item ended. `requeued`: the interaction waits again, as another item with the old key."""

    CLOSED = "closed", _("Closed")
    ABANDONED = "abandoned", _("Abandoned")
    REQUEUED = "requeued", _("Back in the queue")
    TRANSFERRED = "transferred", _("Handed over")
    CALLBACK = "callback", _("To be called back")
    CONSULTED = "consulted", _("Was asked")


class OfferState(models.TextChoices):
    PENDING = "pending", _("Pending")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class DeclineReason(models.TextChoices):
    BUSY = "busy", _("Busy")
    UNSUITED = "unsuited", _("Not for me")
    OTHER = "other", _("Another reason")


class WithdrawReason(models.TextChoices):
    """Why an offer went without the agent's doing; no strike."""

    LEFT = "left", _("The customer left")
    AGENT_AWAY = "agent_away", _("The agent is not available any more")
    AGENT_LOST = "agent_lost", _("The agent's connection was lost")
    MOVED = "moved", _("It was given to somebody else")
    TAKEN_BACK = "taken_back", _("The question was taken back")


class OffReason(models.TextChoices):
    """Why somebody else signed an agent out."""

    FORGOTTEN = "forgotten", _("Forgot to sign out")
    SICK = "sick", _("Sick")
    SENT_HOME = "sent_home", _("Sent home early")
    OTHER = "other", _("Another reason")


class HelpReason(models.TextChoices):
    """What an agent asks help for."""

    UNSURE = "unsure", _("I do not know the answer")
    APPROVAL = "approval", _("I need somebody's approval")
    COMPLAINT = "complaint", _("The customer is upset")
    ABUSE = "abuse", _("The customer is abusive")


class HelpState(models.TextChoices):
    OPEN = "open", _("Asked")
    COMING = "coming", _("Somebody is coming")
    ANSWERED = "answered", _("Answered")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PoolKind(models.TextChoices):
    """`dedicated` works for one brand, `overflow` and `burst` help the others out after a delay."""

    DEDICATED = "dedicated", _("Dedicated")
    SHARED = "shared", _("Shared")
    OVERFLOW = "overflow", _("Overflow")
    BURST = "burst", _("Burst")


class Why(models.TextChoices):
    """The reason of a choice, as a Decision keeps it."""

    LONGEST_IDLE = "longest_idle", _("Longest without work")
    LEAST_OCCUPIED = "least_occupied", _("Worked least of the last hour")
    PROFICIENCY = "proficiency", _("Can do most of what is asked")
    BEST_SCORE = "best_score", _("Best score")
    LAST_AGENT = "last_agent", _("Knows the customer from before")
    ASKED_AGAIN = "asked_again", _("Nobody else is free")
    DIRECT = "direct", _("Asked directly")
    PENALTY = "penalty", _("Costs most to let wait")
    HANDED = "handed", _("Handed over to you")
    CONSULT = "consult", _("You are asked for advice")


class Order(models.TextChoices):
    """Whose turn it is in a pool that works for several clients."""

    DUE = "due", _("Who is due first")
    PENALTY = "penalty", _("Whose wait costs most by contract")


class Period(models.TextChoices):
    """Over which a contract counts the service level, in the client's zone."""

    DAY = "day", _("A day")
    WEEK = "week", _("A week")
    MONTH = "month", _("A month")


class Strategy(models.TextChoices):
    """How a queue chooses among the agents who may be asked."""

    LONGEST_IDLE = "longest_idle", _("Longest without work")
    LEAST_OCCUPIED = "least_occupied", _("Worked least of the last hour")
    PROFICIENCY = "proficiency", _("Most proficient in what is asked")


class OverflowWhen(models.TextChoices):
    """When others help a queue out. The threshold is seconds, percent, and nothing."""

    EXPECTED_WAIT = "expected_wait", _("Expected wait over")
    SERVICE_LEVEL = "service_level", _("Service level under")
    CLOSED = "closed", _("Outside its hours")
