"""The mail of this room: the way to a first password, sent by the provider to its own people."""

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.hosts import public_url
from tenants.mail.kinds import MailKind
from tenants.values import BrandCard


def welcome(brand: BrandCard | None) -> dict[str, Any]:
    return {
        "link": public_url("/welcome/sample/"),
        "email": "ines.caradec@example.org",
        "name": "Inês",
        "expires_at": datetime(2026, 12, 24, 15, 0, tzinfo=UTC),
    }


KINDS = (MailKind("welcome", _("Welcome"), folder="workforce", wears="either", sample=welcome),)
