"""What an export takes of memory while it is written, for each megabyte more that it writes."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.test import RequestFactory

from accounts.actor import Actor, Seat
from accounts.choices import Role
from bench import machine
from bench.harness import Row, row
from events.export import lines_of
from portal.row_files import rows as rows_file
from reporting.catalogue import OFFERED
from reporting.choices import FileForm
from reporting.issued.making import MAKERS
from reporting.issued.values import Document
from tenants.cards import BrandCard
from tenants.scope import Grant

LIMIT = 0.05
PAGES = {"the log as lines": (20, 200), "rows behind a number as CSV": (16, 56)}
"""Of each export, how many pages of the short one and of the long one.

Of rows two days and a week: both have the busiest hours of a day, whose page is the largest.
"""
MEGABYTE = 1_000_000
EVERY_SECONDS = 0.002
Chunks = Iterable["str | bytes"]


def export_row(group: str, card: BrandCard, grant: Grant, document: Document, start: datetime) -> Row:
    """The worst slope of the exports that are written page by page; the spreadsheet is made as a whole."""
    made: dict[str, Callable[[], Chunks]] = {
        "the log as lines": lambda: map("\n".join, lines_of(card, grant, start, start + timedelta(days=30))),
        "rows behind a number as CSV": lambda: _rows_of_a_week(card, start),
    }
    slopes = {name: _slope(of, *PAGES[name]) for name, of in made.items()}
    worst = max(one.per_megabyte for one in slopes.values())
    sheet = len(MAKERS[FileForm.XLSX](document, "")[0])
    said = "; ".join(f"{name} {one}" for name, one in slopes.items())
    return row(
        group, "export_mb_slope", worst, "MB/MB", target=f"<= {LIMIT:g} MB/MB", holds=worst <= LIMIT,
        detail=f"{said}; an issued month as spreadsheet is one value of {sheet // 1000} kB",
    )  # fmt: skip


@dataclass
class Taken:
    """Of an export: how much it wrote, and the most memory that the process had meanwhile; in megabytes."""

    written: float = 0.0
    peak: float = 0.0


@dataclass(frozen=True)
class Slope:
    """Two exports of one kind, the second one longer."""

    short: Taken
    long: Taken

    @property
    def per_megabyte(self) -> float:
        return max(self.long.peak - self.short.peak, 0) / (self.long.written - self.short.written)

    def __str__(self) -> str:
        grown = self.long.peak - self.short.peak
        return f"{self.short.written:.1f} to {self.long.written:.1f} MB: {grown:+.1f} MB"


def _slope(of: Callable[[], Chunks], short: int, long: int) -> Slope:
    _export(of(), short)  # what is loaded once
    return Slope(_export(of(), short), _export(of(), long))


def _export(chunks: Chunks, pages: int) -> Taken:
    with _watched() as taken:
        for chunk in islice(chunks, pages):
            taken.written += len(chunk) / MEGABYTE
    return taken


@contextmanager
def _watched() -> Iterator[Taken]:
    """Look at this process's memory all the while."""
    taken, done = Taken(), threading.Event()

    def look() -> None:
        while not done.wait(EVERY_SECONDS):
            taken.peak = max(taken.peak, machine.resident_bytes() / MEGABYTE)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield taken
    finally:
        done.set()
        thread.join()


def _rows_of_a_week(card: BrandCard, start: datetime) -> Chunks:
    """As the client's manager asks for them; a page for a few hours."""
    request: Any = RequestFactory().post(f"/?span=week&on={start:%Y-%m-%d}")
    request.brand = card
    request.actor = Actor(0, "bench@example.com", "Bench", memberships=(Seat(card.id, Role.MANAGER),))
    answer: Any = rows_file(request, OFFERED.slug)
    chunks: Chunks = answer.streaming_content
    return chunks
