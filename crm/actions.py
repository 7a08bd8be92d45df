"""Verbs on contacts, inside a tenant_scope."""

from datetime import datetime

from crm.models import Contact, ContactPoint


def new_visitor(*, name: str, language: str, page: str, timezone: str = "", now: datetime) -> Contact:
    """Write the contact behind a first message of somebody unknown."""
    return Contact.objects.create(
        name=name[:120], language=language[:12], page=page[:500], timezone=timezone[:64], last_seen_at=now
    )


def add_point(
    contact: Contact, *, kind: str, value: str, verified_at: datetime | None = None
) -> ContactPoint:
    """Give the contact an address, lower-cased and trimmed; raises IntegrityError when another has it."""
    return ContactPoint.objects.create(
        contact=contact, kind=kind, value=value.strip().lower(), verified_at=verified_at
    )
