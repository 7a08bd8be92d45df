"""The words of this room's columns."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ItemState(models.TextChoices):
    """Where a work item is. `offered` exists here alone: to its brand the interaction is still queued."""

    QUEUED = "queued", _("Queued")
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("In conversation")
    WRAP_UP = "wrap_up", _("Wrap-up")
    ENDED = "ended", _("Ended")


class Outcome(models.TextChoices):
    """How a work item ended. `requeued`: the interaction waits again, as another item with the old key."""

    CLOSED = "closed", _("Closed")
    ABANDONED = "abandoned", _("Abandoned")
    REQUEUED = "requeued", _("Back in the queue")
    CALLBACK = "callback", _("To be called back")


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
