"""States and kinds of what is asked."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestKind(models.TextChoices):
    """What an agent asks for."""

    CHECK = "check", _("Check something")
    DECIDE = "decide", _("Decide something")
    CARRY_OUT = "carry_out", _("Carry something out")
    INFORM = "inform", _("Tell us something")


class RequestState(models.TextChoices):
    OPEN = "open", _("Waits for an answer")
    ANSWERED = "answered", _("Answered")
    CANCELLED = "cancelled", _("Called off")


class TurnEnd(models.TextChoices):
    """How a time of waiting for the client ended."""

    ANSWERED = "answered", _("Answered")
    CANCELLED = "cancelled", _("Called off")
