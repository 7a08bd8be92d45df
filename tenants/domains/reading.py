"""A client's host names as the console shows them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tenants.binding import LABOUR, Bound
from tenants.choices import DomainKind
from tenants.domains.actions import MISSES, MOST
from tenants.domains.asking import record_name
from tenants.domains.names import is_registered, shown
from tenants.models import Domain

State = Literal["verified", "waiting", "missing", "lost"]


@dataclass(frozen=True, slots=True)
class HostView:
    """`name` is the host in its letters, `host` as the name service knows it.

    `record` and `token` are the TXT record that proves it. `code` is the last answer ("" before the first),
    `seen` what stood there, `leads_to` the CNAME. `nights_left` is None unless the record has gone missing.
    `is_registered`: the client's name itself, with nothing before it, where no CNAME can stand.
    """

    id: int
    host: str
    name: str
    record: str
    token: str
    state: State
    code: str
    seen: tuple[str, ...]
    leads_to: str
    checked_at: datetime | None
    verified_at: datetime | None
    lost_at: datetime | None
    nights_left: int | None
    is_registered: bool


def hosts_of_client(brand_id: int) -> list[HostView]:
    """Return the client's own hosts, the oldest first; never more than a client may have."""
    with Bound(LABOUR):
        rows = Domain.objects.filter(brand_id=brand_id, kind=DomainKind.CUSTOM).order_by("created_at", "id")
        return [_view(row) for row in rows[:MOST]]


def _view(row: Domain) -> HostView:
    left = max(1, MISSES - row.misses) if row.verified_at and row.misses else None
    return HostView(
        row.pk, row.host, shown(row.host), record_name(row.host), row.token, _state(row),
        row.answer.get("code", ""), tuple(row.answer.get("seen", ())), row.answer.get("leads_to", ""),
        row.checked_at, row.verified_at, row.lost_at, left, is_registered(row.host),
    )  # fmt: skip


def _state(row: Domain) -> State:
    if row.verified_at:
        return "verified"
    if row.lost_at:
        return "lost"
    return "missing" if row.checked_at else "waiting"
