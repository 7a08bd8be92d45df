"""Contacts made by hand and logs written by hand; times are seconds after nine."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from reporting.amounts import handled, waited
from reporting.clocks import TICK, elapsed
from reporting.contacts import Contact
from reporting.folding import LogRow
from reporting.periods import last_days
from reporting.report import ServiceReport, service_report

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
QUEUED = {"queue_id": 7, "channel": "webchat", "target_seconds": 20}


def at(seconds: float | None) -> datetime | None:
    return None if seconds is None else NINE + timedelta(seconds=seconds)


def contact(
    answered: float | None = None, abandoned: float | None = None, *, number: int = 0, **more: object
) -> Contact:
    base = {"target_seconds": 20, "is_test": False, "queue_id": 1, "channel": "webchat", "offered_at": NINE}
    base |= {"answered_at": at(answered), "abandoned_at": at(abandoned)}
    return Contact(interaction_ref=UUID(int=number), entry=1, **(base | more))  # type: ignore[arg-type]


def report_of_today(zone: str, now: datetime) -> ServiceReport:
    """The brand's report of one day; in its scope."""
    here = ZoneInfo(zone)
    return service_report(period=last_days(1, now.astimezone(here).date()), zone=here, now=now)


def waited_for(contact: Contact) -> timedelta | None:
    found = waited(contact, elapsed)
    return None if found is None else found * TICK


def handled_for(contact: Contact) -> timedelta | None:
    found = handled(contact, elapsed)
    return None if found is None else found * TICK


def log(*events: tuple[Any, ...], ref: int = 1) -> list[LogRow]:
    """Rows of one interaction; each (seconds after nine, kind, data). Offers have no number."""
    rows = []
    for n, (seconds, kind, *data) in enumerate(events, start=1):
        of = QUEUED | {"agent_id": 3} | (data[0] if data else {})
        number = 0 if kind.startswith("offer.") else n
        when = NINE + timedelta(seconds=seconds)
        by = str(of.get("by") or "agent")
        rows.append(LogRow(UUID(int=ref), number, kind, when, bool(of.get("is_test")), of, by))
    return rows
