"""An issued month as PDF, from its document to its bytes, the program that sets it loaded meanwhile."""

import time
from datetime import date
from zoneinfo import ZoneInfo

from bench.harness import Row, row
from core import clock
from reporting.choices import AgentNames, FileForm, Span
from reporting.issued.document import Asked, Stamp, build
from reporting.issued.making import MAKERS
from reporting.issued.values import Document, canonical, digest_of
from reporting.periods import of_calendar
from tenants.cards import BrandCard
from tenants.scope import Grant, tenant_scope

TIMES, LIMIT = 5, 2


def month_issued(card: BrandCard, grant: Grant, month: date) -> tuple[Document, float]:
    """Return the document of an issued month, and how many seconds its numbers took."""
    asked = Asked(card, of_calendar(Span.MONTH, month), ZoneInfo("UTC"), "en", AgentNames.NUMBER, {})
    began = time.perf_counter()
    with tenant_scope(card, grant):
        document, _agents = build(asked, Stamp(1, "Bench", clock.now()))
    return document, time.perf_counter() - began


def pdf_row(group: str, document: Document, built: float) -> Row:
    """The slowest of some, the first one among them; how long its numbers took stands beside."""
    digest, taken = digest_of(canonical(document)), []
    for _ in range(TIMES):
        began = time.perf_counter()
        content, maker = MAKERS[FileForm.PDF](document, digest)
        taken.append(time.perf_counter() - began)
    worst = max(taken)
    return row(
        group, "pdf_s", worst, "s", target=f"<= {LIMIT} s", holds=worst <= LIMIT,
        detail=f"{maker}, {len(content) // 1024} KiB, the slowest of {TIMES}; its numbers {built:.1f} s",
    )  # fmt: skip
