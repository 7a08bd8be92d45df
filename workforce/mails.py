"""The mails of this room to the provider's own people: the way to a first password, and what a lead takes
over from who has left.
"""

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.hosts import public_url
from tenants.mail.kinds import MailKind
from tenants.values import BrandCard
from workforce.staff.values import Handed


def welcome(brand: BrandCard | None) -> dict[str, Any]:
    return {
        "link": public_url("/welcome/sample/"),
        "email": "ines.caradec@example.org",
        "name": "Inês",
        "expires_at": datetime(2026, 12, 24, 15, 0, tzinfo=UTC),
    }


def handed_on(brand: BrandCard | None) -> dict[str, Any]:
    clients = [Handed(brand, (("Billing", 1), ("Orders", 2)), closed=1, drafts=2, passed_on=1)]
    clients.append(Handed(None, (("", 1),)))
    return {"name": "Lena", "who": "Inês Caradec", "clients": clients, "link": public_url("/desk/")}


KINDS = (
    MailKind("welcome", _("Welcome"), folder="workforce", wears="either", sample=welcome),
    MailKind("handed_on", _("Handed on"), folder="workforce", wears="provider", sample=handed_on),
)
