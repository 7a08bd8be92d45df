"""What can be asked to change, and what becomes of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Subject(models.TextChoices):
    """`week` is of a calendar, the next three of a language, the last two of the brand as a whole."""

    WEEK = "week", _("Opening hours")
    GREETING = "greeting", _("Greeting of the chat")
    LAUNCHER = "launcher", _("Words beside the chat's sign")
    NUDGE = "nudge", _("Question to who is silent")
    TONE_DO = "tone_do", _("How agents sound: do")
    TONE_DONT = "tone_dont", _("How agents sound: do not")


class ChangeState(models.TextChoices):
    """Accepted is decided and not yet carried out; failed could not be carried out on its day."""

    ASKED = "asked", _("Not decided yet")
    ACCEPTED = "accepted", _("Accepted, comes on its day")
    APPLIED = "applied", _("Carried out")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    FAILED = "failed", _("Could not be carried out")


SPOKEN_ONES = (Subject.GREETING, Subject.LAUNCHER, Subject.NUDGE)
TONES = (Subject.TONE_DO, Subject.TONE_DONT)
PENDING = (ChangeState.ASKED, ChangeState.ACCEPTED)
