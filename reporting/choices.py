"""The words of this room's columns."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ExclusionState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")


class Counted(models.TextChoices):
    """Which time counts in waits and handle times."""

    ELAPSED = "elapsed", _("All hours")
    BUSINESS = "business", _("Opening hours")
