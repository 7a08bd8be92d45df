"""The words of this room's columns."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ExclusionState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Cause(models.TextChoices):
    """Why a time is to be left out of the report."""

    CLOSURE = "closure", _("Closure")
    FORCE_MAJEURE = "force", _("Force majeure")
    CLIENT = "client", _("Caused by the client")
    OVERRUN = "overrun", _("More than forecast")


class Counted(models.TextChoices):
    """Which time counts in waits and handle times."""

    ELAPSED = "elapsed", _("All hours")
    BUSINESS = "business", _("Opening hours")


class Window(models.TextChoices):
    """Over which stretch of the brand's days a target is measured; weeks begin on Monday."""

    DAY = "day", _("Each day")
    WEEK = "week", _("Each week")
    MONTH = "month", _("Each month")


class Verdict(models.TextChoices):
    """What became of a target."""

    MET = "met", _("Met")
    MISSED = "missed", _("Missed")
    UNDER = "under", _("Missed badly")
    NOTHING = "nothing", _("Nothing to measure")


class Span(models.TextChoices):
    """How long a period of the calendar is."""

    DAY = "day", _("Day")
    WEEK = "week", _("Week")
    MONTH = "month", _("Month")


class Step(models.TextChoices):
    """How long the intervals of a table are: minutes, or days."""

    QUARTER = "15", _("15 min")
    HALF = "30", _("30 min")
    HOUR = "60", _("1 hour")
    DAY = "day", _("1 day")


class FileForm(models.TextChoices):
    """As what an issued report is taken along."""

    PDF = "pdf", _("PDF")
    XLSX = "xlsx", _("Spreadsheet")
    CSV = "csv", _("CSV")
    JSON = "json", _("JSON")
    PNG = "png", _("Chart (PNG)")


class AgentNames(models.TextChoices):
    """How an issued report names agents."""

    ALIAS = "alias", _("By the names that customers know")
    NUMBER = "number", _("By number")
    NONE = "none", _("Not at all")


class ChartPlace(models.TextChoices):
    """Where the chart of a mailed report is."""

    INLINE = "inline", _("In the mail")
    ATTACHED = "attached", _("Attached")
    NONE = "none", _("Not at all")
