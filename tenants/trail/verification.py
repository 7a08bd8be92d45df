"""Recomputing the chains: what was changed, removed, moved or put in after it was sealed is named.

Everything goes page by page, so that memory does not grow with the trail. Rows that nobody has sealed yet are
no fault; a row without a seal in front of sealed ones is.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Max, Min, Q

from tenants.models import AuditRow, AuditSeal
from tenants.scope import labour_scope
from tenants.trail.anchors import VERB, Noted, brand_chains
from tenants.trail.canonical import FORM, SELECTED, START, TEXTS, differing, digest_of, link
from tenants.trail.sealing import Place, head_of, place

Progress = Callable[[int], None]
PAGE = 1000
IDS = 20_000
OF_ROW = ", ".join(f"r.c_{name}" for name in TEXTS)
LINKS = f"""
SELECT s.position, s.row_id, s.era, s.txid, s.v, s.marks, s.hash, r.n IS NULL, {OF_ROW}
FROM tenants_auditseal s LEFT JOIN (SELECT id AS n, {SELECTED} FROM tenants_auditrow) r ON r.n = s.row_id
WHERE s.brand_id {{chain}} AND s.position > %(after)s ORDER BY s.position LIMIT %(limit)s
"""  # noqa: S608 - fixed names
NAMED = """
SELECT s.brand_id, s.position, s.row_id, s.hash FROM tenants_auditseal s
JOIN unnest(%s::bigint[], %s::bigint[]) AS note(brand_id, position) USING (brand_id, position)
"""
STRANGERS = """
SELECT r.id, r.brand_id, r.era, r.txid FROM tenants_auditrow r
WHERE r.id > %(after)s AND r.id <= %(after)s + %(limit)s
  AND (r.era, r.txid, r.id) <= (%(era)s, %(txid)s, %(id)s)
  AND NOT EXISTS (SELECT 1 FROM tenants_auditseal s WHERE s.row_id = r.id) ORDER BY r.id
"""


@dataclass(frozen=True, slots=True)
class Break:
    """The first broken link of a chain. `position` is where it is or should be, `what` says what differs."""

    brand_id: int | None
    position: int
    row_id: int | None
    what: str


@dataclass(frozen=True, slots=True)
class _Link:
    position: int
    row_id: int
    era: int
    txid: int
    v: int
    marks: bytes
    hash: bytes
    is_gone: bool
    texts: tuple[str | None, ...]


@dataclass(slots=True)
class Checked:
    """What one run found: the length of each chain, and the first broken link of each that has one."""

    lengths: dict[int | None, int]
    broken: dict[int | None, Break]

    def note(self, found: Break) -> None:
        """Keep the break that comes first in its chain."""
        known = self.broken.get(found.brand_id)
        if known is None or found.position < known.position:
            self.broken[found.brand_id] = found


def verify(
    *,
    chains: Iterable[int | None] | None = None,
    noted: Iterable[Noted] = (),
    progress: Progress = lambda links: None,
) -> Checked:
    """Recompute the chains named, or all; compare them with their anchors and with what was `noted` of them.

    `progress` is called with each page's number of links.
    """
    with labour_scope():
        sealed_to = place()
        everything = [None, *brand_chains()]
    wanted = everything if chains is None else list(chains)
    checked = Checked({}, {})
    for brand_id in wanted:
        checked.lengths[brand_id], found = check_chain(brand_id, progress=progress)
        if found:
            checked.note(found)
    is_wanted = None if chains is None else set(wanted)
    for found in (*_unsealed(sealed_to), *_contradictions(_anchors()), *_contradictions(noted)):
        if is_wanted is None or found.brand_id in is_wanted:
            checked.note(found)
    return checked


def check_chain(brand_id: int | None, *, progress: Progress = lambda links: None) -> tuple[int, Break | None]:
    """Return how many links are in order, and the first that is not."""
    before, position = START, 0
    while page := _links(brand_id, after=position):
        for one in page:
            what = _fault(one, expected=position + 1, before=before)
            if what:
                row_id = None if one.position > position + 1 else one.row_id
                return position, Break(brand_id, position + 1, row_id, what)
            before, position = one.hash, one.position
        progress(len(page))
    return position, None


def _fault(one: _Link, *, expected: int, before: bytes) -> str:
    """Say what is wrong with the link, "" for nothing."""
    if one.position != expected:
        return f"the seal is missing; the next one is at {one.position}"
    if one.is_gone:
        return "the row is gone"
    if one.v != FORM:
        return f"the seal's form {one.v} is not known"
    if changed := differing(one.texts, one.marks):
        return f"differs in: {', '.join(changed)}"
    if link(before, one.position, digest_of(one.texts)) != one.hash:
        return "the seal's hash is not the one of this row at this place"
    row_place = dict(zip(TEXTS, one.texts, strict=True))
    if (row_place["era"], row_place["txid"]) != (str(one.era), str(one.txid)):
        return "the seal's place in the log is not the row's"
    return ""


def _links(brand_id: int | None, *, after: int) -> list[_Link]:
    chain = "IS NULL" if brand_id is None else "= %(brand_id)s"
    query = LINKS.format(chain=chain)
    with labour_scope(), connection.cursor() as cursor:
        cursor.execute(query, {"brand_id": brand_id, "after": after, "limit": PAGE})
        return [_link(row) for row in cursor.fetchall()]


def _link(row: tuple[Any, ...]) -> _Link:
    position, row_id, era, txid, v, marks, hash_, is_gone, *texts = row
    return _Link(position, row_id, era, txid, v, bytes(marks), bytes(hash_), is_gone, tuple(texts))


def _unsealed(sealed_to: Place) -> Iterator[Break]:
    """Find rows without a seal in front of where the log is sealed: they were put in afterwards."""
    era, txid, row_id = sealed_to
    with labour_scope():
        ends = AuditRow.objects.aggregate(first=Min("pk"), last=Max("pk"))
    for after in range((ends["first"] or 1) - 1, ends["last"] or 0, IDS):
        with labour_scope(), connection.cursor() as cursor:
            cursor.execute(STRANGERS, {"after": after, "limit": IDS, "era": era, "txid": txid, "id": row_id})
            strangers = cursor.fetchall()
        for stranger in strangers:
            yield _stranger(*stranger)


def _stranger(row_id: int, brand_id: int | None, era: int, txid: int) -> Break:
    """Name the place that the row claims: before the first seal that comes after it, else at the end."""
    later = Q(era__gt=era) | Q(era=era, txid__gt=txid) | Q(era=era, txid=txid, row_id__gt=row_id)
    with labour_scope():
        following = AuditSeal.objects.filter(later, brand_id=brand_id).order_by("position")
        position = following.values_list("position", flat=True).first() or head_of(brand_id).position + 1
    return Break(brand_id, position, row_id, "the row has no seal and stands in front of sealed ones")


def _anchors() -> Iterator[Noted]:
    """Read the anchors out of the provider's chain, page by page."""
    after = 0
    while page := _anchor_rows(after):
        after = page[-1][0]
        for row_id, at, diff in page:
            chain, position = diff.get("chain"), diff.get("position")
            if isinstance(chain, int) and isinstance(position, int):
                by = f"the anchor of {at:%Y-%m-%d %H:%M:%S} UTC (row {row_id})"
                yield Noted(chain, position, str(diff.get("hash")), by)


def _anchor_rows(after: int) -> list[tuple[int, datetime, dict[str, Any]]]:
    """Return the next page of (id, at, diff); what is no object any more says nothing."""
    with labour_scope():
        rows = AuditRow.objects.filter(brand_id=None, verb=VERB, pk__gt=after).order_by("pk")
        page = list(rows.values_list("pk", "at", "diff")[:PAGE])
    return [(row_id, at, diff if isinstance(diff, dict) else {}) for row_id, at, diff in page]


def _contradictions(noted: Iterable[Noted]) -> Iterator[Break]:
    """Compare what was noted with the seals that are there."""
    left = iter(noted)
    while page := list(islice(left, PAGE)):
        seals = _seals_at(page)
        for note in page:
            found = seals.get((note.brand_id, note.position))
            if found is None:
                what = f"the chain ends before {note.by}: its tail was cut"
                yield Break(note.brand_id, note.position, None, what)
            elif found[1] != note.hash:
                yield Break(note.brand_id, note.position, found[0], f"the hash is not that of {note.by}")


def _seals_at(page: list[Noted]) -> dict[tuple[int | None, int], tuple[int, str]]:
    """Return (row id, hash) of the seals that the notes name; two statements."""
    own = [note.position for note in page if note.brand_id is None]
    of_brands = [note for note in page if note.brand_id is not None]
    with labour_scope(), connection.cursor() as cursor:
        cursor.execute(NAMED, [[n.brand_id for n in of_brands], [n.position for n in of_brands]])
        found = cursor.fetchall()
        seals = AuditSeal.objects.filter(brand_id=None, position__in=own)
        found += seals.values_list("brand_id", "position", "row_id", "hash")
    return {(brand_id, at): (row_id, bytes(hash_).hex()) for brand_id, at, row_id, hash_ in found}
