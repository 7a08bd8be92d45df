"""The mail that tells who asked for a change what became of it: of what and from when, never a text."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.hosts import handoff_path, public_url
from accounts.people import person_who_may
from accounts.permissions import Permission
from interactions.changing.choices import ChangeState, Subject
from interactions.changing.models import ChangeRequest
from tenants.mail.actions import queue_mail
from tenants.mail.kinds import MailKind
from tenants.values import BrandCard

PATH = "/changes/"


def tell_asker(row: ChangeRequest, state: ChangeState, *, card: BrandCard, now: datetime) -> None:
    """Promise the mail that it is in that state now, to who asked if they may still ask; once for each state.

    In the caller's transaction, before it locks anything but the change.
    """
    person = person_who_may(row.asked_by, Permission.OWN_CHANGES, brand_id=card.id, now=now)
    if person is None:
        return
    queue_mail(
        "change_decided", to=person.email, context=_context(card, row.subject, row.from_day, state),
        brand=card, language=person.language, key=f"change:{row.ref}:{state}", now=now,
    )  # fmt: skip


def sample(brand: BrandCard | None) -> dict[str, Any]:
    context = {"subject": Subject.WEEK.label, "from_day": date(2026, 12, 24)}
    return context | {"state": ChangeState.ACCEPTED.label, "link": public_url("/handoff/sample/")}


def _context(card: BrandCard, subject: str, from_day: date, state: ChangeState) -> dict[str, Any]:
    return {
        "subject": Subject(subject).label, "from_day": from_day, "state": state.label,
        "link": public_url(handoff_path(card.slug, PATH)),
    }  # fmt: skip


KIND = MailKind("change_decided", _("Change decided"), folder="interactions", wears="brand", sample=sample)
