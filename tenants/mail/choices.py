"""The words of the mail tables."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MailState(models.TextChoices):
    """queued -> sending -> sent, refused, unknown, failed, or queued again; queued -> withdrawn, shown."""

    QUEUED = "queued", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Given up")
    UNKNOWN = "unknown", _("Perhaps sent")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SHOWN = "shown", _("Shown, not sent")


class MailSecurity(models.TextChoices):
    STARTTLS = "starttls", _("STARTTLS (port 587)")
    TLS = "tls", _("TLS from the first byte (port 465)")
    NONE = "none", _("None")


UNSETTLED = (MailState.QUEUED, MailState.SENDING)
RESENDABLE = (MailState.REFUSED, MailState.FAILED, MailState.UNKNOWN)
