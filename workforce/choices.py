"""The words of this room's columns."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Availability(models.TextChoices):
    """What the agent chose, or what missed offers made of it. Whether they are connected is another axis."""

    AVAILABLE = "available", _("Available")
    AWAY = "away", _("Away")
    OFFLINE = "offline", _("Offline")
    NOT_RESPONDING = "not_responding", _("Not responding")


class ReasonKind(models.TextChoices):
    PRODUCTION = "production", _("Production")
    TRAINING = "training", _("Training")
    MEETING = "meeting", _("Meeting")
    BREAK = "break", _("Break")
    SYSTEM = "system", _("System")


class LedgerRule(models.TextChoices):
    """How an agent's time is shared out while they are on several conversations at once."""

    EQUAL = "equal", _("Equally")
    FOCUS = "focus", _("All of it to the conversation in front")


class EngagementKind(models.TextChoices):
    HANDLING = "handling", _("Handling")
    HOLD = "hold", _("Hold")
    WRAP_UP = "wrap_up", _("Wrap-up")
    CONSULT = "consult", _("Consult")


class TimeKind(models.TextChoices):
    """What a share of an agent's time was: work, the wait for it, or what kept them from it."""

    HANDLING = "handling", _("Handling")
    HOLD = "hold", _("Hold")
    WRAP_UP = "wrap_up", _("Wrap-up")
    CONSULT = "consult", _("Consult")
    WAITING = "waiting", _("Waiting for work")
    TRAINING = "training", _("Training")
    MEETING = "meeting", _("Meeting")
    BREAK = "break", _("Break")
    PRODUCTION = "production", _("Other work")
    SYSTEM = "system", _("System")
    NOT_RESPONDING = "not_responding", _("Not responding")
    OFFLINE = "offline", _("Offline")
    UNKNOWN = "unknown", _("No record")


WORK_KINDS = (TimeKind.HANDLING, TimeKind.HOLD, TimeKind.WRAP_UP, TimeKind.CONSULT)


class ImportState(models.TextChoices):
    READ = "read", _("Looked at")
    IMPORTED = "imported", _("Imported")


class DepartureState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    BEGUN = "begun", _("Being carried out")
    DONE = "done", _("Left")
    CANCELLED = "cancelled", _("Cancelled")
    REINSTATED = "reinstated", _("Reinstated")
