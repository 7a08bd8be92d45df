"""The words of this room's columns."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a seat is for. An operator's seat is with the provider, the others belong to a brand."""

    OPERATOR = "operator", _("Operator")
    AGENT = "agent", _("Agent")
    MANAGER = "manager", _("Client manager")


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
