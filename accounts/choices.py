"""The words of this room's columns."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a seat is for. Where each may sit and what it may do stands in `accounts.permissions`."""

    OWNER = "owner", _("Platform owner")
    OPERATOR = "operator", _("Operator")
    SUPERVISOR = "supervisor", _("Supervisor")
    LEAD = "lead", _("Team lead")
    AGENT = "agent", _("Agent")
    QA = "qa", _("Quality analyst")
    FINANCE = "finance", _("Finance")
    MANAGER = "manager", _("Client manager")
    VIEWER = "viewer", _("Client viewer")
    AUDITOR = "auditor", _("Auditor")


class MembershipState(models.TextChoices):
    ACTIVE = "active", _("Active")
    REVOKED = "revoked", _("Revoked")


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Language(models.TextChoices):
    """The languages we have words in, each named in itself; which page speaks which: `accounts.languages`."""

    EN = "en", "English"
    SV = "sv", "Svenska"
