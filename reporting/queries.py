"""Questions to the brand's log. Asked inside a tenant_scope; plain values leave it."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from events.models import Event
from reporting.contacts import Contact
from reporting.folding import ENTRY, READ, LogRow, fold

COLUMNS = ("interaction_ref", "n", "kind", "occurred_at", "is_test", "data")


def contacts_offered(start: datetime, end: datetime) -> list[Contact]:
    """Return the contacts that entered a queue in `[start, end)`, however late they were answered.

    Two statements: which interactions queued then, and their whole folded log.
    """
    queued = Event.objects.filter(kind=ENTRY, occurred_at__gte=start, occurred_at__lt=end)
    refs = set(queued.values_list("interaction_ref", flat=True))
    return [contact for contact in fold(_log(refs)) if start <= contact.offered_at < end]


def contacts_of(refs: Collection[UUID]) -> list[Contact]:
    """Return the contacts of these interactions; one statement, none for none."""
    return fold(_log(refs)) if refs else []


def _log(refs: Iterable[UUID]) -> list[LogRow]:
    rows = Event.objects.filter(interaction_ref__in=list(refs), kind__in=READ)
    return [LogRow(*row) for row in rows.values_list(*COLUMNS)]
