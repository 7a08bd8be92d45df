"""The mails of this room: an invitation, and the way to a new password."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role
from accounts.hosts import public_url
from tenants.mail.kinds import MailKind
from tenants.values import BrandCard

SAMPLE_ADDRESS = "lena.sandberg@example.org"


def invitation(brand: BrandCard | None) -> dict[str, Any]:
    return {
        "link": public_url("/invitations/sample/"),
        "email": SAMPLE_ADDRESS,
        "role": Role.MANAGER.label if brand else Role.OPERATOR.label,
        "expires_at": datetime(2026, 12, 24, 15, 0, tzinfo=UTC),
    }


def password_reset(brand: BrandCard | None) -> dict[str, Any]:
    link = public_url("/accounts/password/reset/key/sample/")
    return {"link": link, "email": SAMPLE_ADDRESS, "hours": hours()}


def hours() -> int:
    """How long a link to a new password is good."""
    return max(1, settings.PASSWORD_RESET_TIMEOUT // 3600)


KINDS = (
    MailKind("invitation", _("Invitation"), folder="accounts", wears="either", sample=invitation),
    MailKind("password_reset", _("New password"), folder="accounts", wears="either", sample=password_reset),
)
