"""What was issued: finding it, and the files that are made of it once. Asked inside a tenant_scope.

Values leave it, never rows. A file is made outside of any transaction and kept afterwards; of two that make
the same one at once the first is kept and both hand it out.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from core.errors import NotFound
from reporting.choices import FileForm, Span
from reporting.issued import making
from reporting.issued.document import days_in_words
from reporting.issued.models import IssuedFile, IssuedReport
from reporting.issued.numbering import number_agents
from reporting.issued.values import Document
from tenants.guard import BrandQuerySet

Enter = Callable[[], AbstractContextManager[object]]
"""Opens the scope of the brand for a moment."""


@dataclass(frozen=True)
class Entry:
    """A version of a report, without what it says."""

    ref: UUID
    kind: Span
    first: date
    last: date
    zone: str
    language: str
    version: int
    restates: UUID | None
    digest: str
    note: str
    is_test: bool
    shown: str
    at: datetime

    @property
    def is_restated(self) -> bool:
        return self.version > 1

    @property
    def days(self) -> str:
        """Its days, in the reader's language."""
        return days_in_words(self.first, self.last)

    @property
    def name(self) -> str:
        """As files and the trail name it."""
        return f"{self.kind} {self.first:%Y-%m-%d} v{self.version}"

    def file_name(self, slug: str, form: str) -> str:
        """What its file is called when the brand's people get it."""
        return f"report-{slug}-{self.kind}-{self.first:%Y-%m-%d}-v{self.version}.{form}"


@dataclass(frozen=True)
class Issued(Entry):
    """With the text that was frozen; `newer` is the version that came in its place.

    `numbered` are the ids of its agents by number; () of before they had numbers, too.
    """

    text: str
    newer: UUID | None
    numbered: tuple[int, ...]

    @property
    def document(self) -> Document:
        return self._read[0]

    @property
    def agent_ids(self) -> tuple[int, ...]:
        """Its agents, by number."""
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[Document, tuple[int, ...]]:
        found: Document = json.loads(self.text)
        return found, self.numbered or number_agents(found)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file's bytes and their sha256."""

    content: bytes
    digest: str


def newest(*, kind: str = "") -> "BrandQuerySet[IssuedReport]":
    """Return the newest version of each issued period, the latest period first, without its document."""
    found = IssuedReport.objects.filter(~Exists(IssuedReport.objects.filter(restates=OuterRef("ref"))))
    if kind in Span.values:
        found = found.filter(kind=kind)
    return found.defer("document").order_by("-last", "-first", "kind")  # type: ignore[no-any-return]


def get_issued(ref: UUID) -> Issued:
    """Return the version. Raises NotFound."""
    row: IssuedReport | None = IssuedReport.objects.filter(ref=ref).first()
    if row is None:
        raise NotFound
    return view_of(row)


def find_issued(kind: str, first: date) -> Issued | None:
    """Return the newest version of a period, None where none was issued."""
    row = IssuedReport.objects.filter(kind=kind, first=first).order_by("-version").first()
    return view_of(row) if row else None


def versions(one: Entry) -> Sequence[Entry]:
    """Return all versions of its period, the newest first."""
    rows = IssuedReport.objects.filter(kind=one.kind, first=one.first).defer("document")
    return [entry_of(row) for row in rows.order_by("-version")]


def entry_of(row: IssuedReport) -> Entry:
    return Entry(**_shared(row))


def view_of(row: IssuedReport) -> Issued:
    newer = IssuedReport.objects.filter(restates=row.ref).values_list("ref", flat=True).first()
    return Issued(**_shared(row), text=row.document, newer=newer, numbered=tuple(row.agent_ids))


def _shared(row: IssuedReport) -> dict[str, Any]:
    return {
        "ref": row.ref, "kind": Span(row.kind), "first": row.first, "last": row.last, "zone": row.zone,
        "language": row.language, "version": row.version, "restates": row.restates, "digest": row.digest,
        "note": row.note, "is_test": row.is_test, "shown": row.issued_shown, "at": row.issued_at,
    }  # fmt: skip


def keep_files(one: Issued, *, enter: Enter, now: datetime) -> None:
    """Make all its files, right after it is issued: then they are those of the program that issued it."""
    for form in making.MAKERS:
        file_of(one, form, enter=enter, now=now)


def file_of(one: Issued, form: FileForm, *, enter: Enter, now: datetime) -> Kept:
    """Return the report's file, making and keeping it at the first call. Called outside of any scope."""
    if form == FileForm.JSON:
        return Kept(one.text.encode(), one.digest)
    with enter():
        found = _kept(one.ref, form)
    if found:
        return found
    content, maker = making.MAKERS[form](one.document, one.digest)
    with enter():
        return _keep(one.ref, form, content, maker=maker, now=now)


def _kept(ref: UUID, form: FileForm) -> Kept | None:
    row = IssuedFile.objects.filter(report__ref=ref, form=form).values_list("content", "digest").first()
    return Kept(bytes(row[0]), row[1]) if row else None


def _keep(ref: UUID, form: FileForm, content: bytes, *, maker: str, now: datetime) -> Kept:
    report = IssuedReport.objects.only("pk").get(ref=ref)
    digest = sha256(content).hexdigest()
    IssuedFile.objects.bulk_create(
        [IssuedFile(report=report, form=form, content=content, digest=digest, maker=maker, made_at=now)],
        ignore_conflicts=True,
    )
    return _kept(ref, form) or Kept(content, digest)
