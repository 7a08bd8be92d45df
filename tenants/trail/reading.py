"""The trail as screens read it: pages of values, newest first, and how far the chain is sealed.

Each function runs in the labour scope, `page` also in a brand's, whose role sees its own rows.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from tenants.models import AuditRow, AuditSeal
from tenants.trail.sealing import place

PAGE = 50
EXPORT = 500
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Scope = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the trail; `position` and `hash` (hex) of its seal, null and "" until it is sealed."""

    id: int
    at: datetime
    actor: str
    brand_id: int | None
    verb: str
    object: str
    diff: dict[str, Any]
    reason: str
    position: int | None
    hash: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of one chain: of these verbs (None: all), of whom, in `[since, until)`."""

    brand_id: int | None
    verbs: tuple[str, ...] | None = None
    who: Q = Q()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChainState:
    """`length` links, the newest written at `sealed_at` with `hash`; `waiting` rows have none yet."""

    length: int
    hash: str
    sealed_at: datetime | None
    waiting: int


Mark = tuple[datetime, int]


def page(wanted: Wanted, *, before: Mark | None = None, limit: int = PAGE) -> tuple[list[Entry], Mark | None]:
    """Return up to `limit` entries, newest first, and the mark behind which more follow, None at the end."""
    rows = _rows(wanted)
    if before is not None:
        at, row_id = before
        rows = rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=row_id), at__lte=at)
    found = list(rows.order_by("-at", "-pk")[: limit + 1])
    entries = _entries(found[:limit])
    return entries, (entries[-1].at, entries[-1].id) if len(found) > limit else None


def entries_about(object: str, *, limit: int) -> list[Entry]:
    """Return what was done to the object in any chain, newest first; in the labour scope."""
    rows = AuditRow.objects.filter(object=object).order_by("-at", "-pk")
    return _entries(list(rows[:limit]))


def pages(wanted: Wanted, *, scope: Scope) -> Iterator[list[Entry]]:
    """Return all entries, newest first, page by page, each fetched in a scope of its own."""
    before: Mark | None = None
    while True:
        entries, before = _in(scope, wanted, before)
        yield entries
        if before is None:
            return


def _in(scope: Scope, wanted: Wanted, before: Mark | None) -> tuple[list[Entry], Mark | None]:
    with scope():
        return page(wanted, before=before, limit=EXPORT)


def state_of(brand_id: int | None) -> ChainState:
    """Return how far the chain is sealed; in the labour scope."""
    last = AuditSeal.objects.filter(brand_id=brand_id).order_by("-position").first()
    era, txid, row_id = place()
    beyond = Q(era__gt=era) | Q(era=era, txid__gt=txid) | Q(era=era, txid=txid, pk__gt=row_id)
    waiting = AuditRow.objects.filter(beyond, brand_id=brand_id).count()
    if last is None:
        return ChainState(0, "", None, waiting)
    return ChainState(last.position, bytes(last.hash).hex(), last.sealed_at, waiting)


def mark_text(mark: Mark | None) -> str:
    """Write the mark for an address: microseconds since 1970 and the row's id; "" for none."""
    return f"{(mark[0] - EPOCH) // timedelta(microseconds=1)}-{mark[1]}" if mark else ""


def read_mark(text: str) -> Mark | None:
    """Read a mark out of an address; what is none begins at the newest."""
    micros, _, row_id = text.partition("-")
    if not (_is_number(micros) and _is_number(row_id)):
        return None
    try:
        return EPOCH + timedelta(microseconds=int(micros)), int(row_id)
    except OverflowError:
        return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _rows(wanted: Wanted) -> QuerySet[AuditRow]:
    rows = AuditRow.objects.filter(wanted.who, brand_id=wanted.brand_id)
    if wanted.verbs is not None:
        rows = rows.filter(verb__in=wanted.verbs)
    if wanted.since is not None:
        rows = rows.filter(at__gte=wanted.since)
    return rows if wanted.until is None else rows.filter(at__lt=wanted.until)


def _entries(rows: list[AuditRow]) -> list[Entry]:
    seals = {seal.row_id: seal for seal in AuditSeal.objects.filter(row_id__in=[row.pk for row in rows])}
    return [_entry(row, seals.get(row.pk)) for row in rows]


def _entry(row: AuditRow, seal: AuditSeal | None) -> Entry:
    return Entry(
        id=row.pk, at=row.at, actor=row.actor, brand_id=row.brand_id, verb=row.verb, object=row.object,
        diff=row.diff if isinstance(row.diff, dict) else {}, reason=row.reason,
        position=seal.position if seal else None, hash=bytes(seal.hash).hex() if seal else "",
    )  # fmt: skip
