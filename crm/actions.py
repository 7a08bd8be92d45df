"""Verbs on contacts, inside a tenant_scope. Instants are aware UTC."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.errors import RoomError
from crm.choices import PointKind
from crm.models import Contact, ContactPoint


class PointTaken(RoomError):
    """The address is another contact's."""

    code = "point_taken"


def get_or_create_visitor(
    contact_id: int | None, *, name: str = "", language: str, page: str, timezone: str = "", now: datetime
) -> int:
    """Return the id of the contact behind a visitor, touched; without `contact_id`, of a new one."""
    if contact_id is not None:
        touch(contact_id, language=language, page=page, timezone=timezone, now=now)
        return contact_id
    seen = _seen(language, page, timezone)
    made: Contact = Contact.objects.create(name=name[:120], last_seen_at=now, **seen)
    return made.pk


def touch(contact_id: int, *, language: str, page: str, timezone: str = "", now: datetime) -> None:
    """Note that the contact was here, on which page, in which language and zone; what is not known stays."""
    known = {column: value for column, value in _seen(language, page, timezone).items() if value}
    Contact.objects.filter(pk=contact_id).update(last_seen_at=now, **known)


def add_point(
    contact: Contact, *, kind: PointKind, value: str, verified_at: datetime | None = None
) -> ContactPoint:
    """Give the contact an address, normalised; the same again is the same row. Raises PointTaken."""
    plain = normalised(kind, value)
    row: ContactPoint
    row, _made = ContactPoint.objects.get_or_create(
        kind=kind, value=plain, defaults={"contact": contact, "verified_at": verified_at}
    )
    if row.contact_id != contact.pk:
        raise PointTaken(_("This address belongs to another customer."))
    return row


def normalised(kind: PointKind, value: str) -> str:
    """Return the one way to write the address: lower case, or a plus and digits."""
    text = value.strip()
    if kind == PointKind.PHONE:
        return ("+" if text.startswith("+") else "") + "".join(sign for sign in text if sign in "0123456789")
    return text.lower()


def _seen(language: str, page: str, timezone: str) -> dict[str, str]:
    """A page is kept without query and fragment: they may carry what is none of our business."""
    plain = page.partition("?")[0].partition("#")[0]
    return {"language": language[:12], "page": plain[:500], "timezone": timezone[:64]}
