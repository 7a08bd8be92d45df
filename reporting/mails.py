"""The mail that tells who proposed an exclusion how the client answered. Loaded at every start."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.hosts import public_url
from accounts.languages import staff_language
from accounts.people import person_who_may
from accounts.permissions import Permission
from reporting.choices import ExclusionState
from reporting.models import Exclusion
from tenants.binding import current_brand
from tenants.cards import card_by_id
from tenants.mail.actions import queue_mail
from tenants.mail.kinds import MailKind
from tenants.values import BrandCard


def tell_proposer(row: Exclusion, *, now: datetime) -> None:
    """Promise the mail to who proposed it, if they may still propose; in the caller's transaction.

    One answer is told once; one that was reversed is told again.
    """
    card = card_by_id(current_brand() or 0)
    if card is None:
        return
    person = person_who_may(row.proposed_by, Permission.TARGETS, brand_id=card.id, now=now)
    if person is None:
        return
    context = {
        "client": card.name, "who": row.answered_shown, "state": ExclusionState(row.state).label,
        "label": row.label, "link": public_url(f"/clients/{card.slug}/exclusions/"),
    }  # fmt: skip
    queue_mail(
        "exclusion_answered", to=person.email, context=context, brand=None,
        language=staff_language(person.language), key=f"exclusion:{row.ref}:{now.isoformat()}", now=now,
    )  # fmt: skip


def sample(brand: BrandCard | None) -> dict[str, Any]:
    return {
        "client": "Northwind", "who": "Lena Sandberg", "state": ExclusionState.REFUSED.label,
        "label": "Orders", "link": public_url("/clients/sample/exclusions/"),
    }  # fmt: skip


KIND = MailKind(
    "exclusion_answered", _("Exclusion answered"), folder="reporting", wears="provider", sample=sample
)
