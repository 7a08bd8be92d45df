"""The mail that brings a report: its words from the document, what it carries from the report's files."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from core import clock
from reporting.choices import ChartPlace, FileForm
from reporting.issued.chart import spoken
from reporting.issued.kept import Issued, file_of, get_issued
from reporting.issued.making import TYPES
from reporting.sending.kinds import SOURCE
from tenants.cards import card_by_id
from tenants.mail.parts import Named, Part
from tenants.scope import Grant, system, tenant_scope
from tenants.values import BrandCard

CHART = "chart"
CHANGES = "why-h"
"""Where the page behind a link says what a restatement has changed."""


def words_of(
    one: Issued, *, link: str, expires_at: datetime, stop: str = "", chart_cid: str = "",
    files: Sequence[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """Return what the mail's templates need, all of it from the frozen document."""
    document = one.document
    return {
        "title": document["title"], "days": document["days"], "subtitle": document["subtitle"],
        "verdict": document["verdict"], "version": one.version, "before": one.version - 1, "note": one.note,
        "changes": f"{link}#{CHANGES}" if one.is_restated else "",
        "tiles": [
            {"name": tile["name"], "value": f"{tile['t']}{tile['mark']}", "detail": tile["detail"]}
            for tile in document["tiles"]
        ],
        "training": document["brand"]["training"], "chart_words": spoken(document), "chart_cid": chart_cid,
        "files": files, "link": link, "stop": stop, "expires_at": expires_at,
    }  # fmt: skip


def named_parts(one: Issued, brand: BrandCard, forms: Sequence[str], chart: str) -> list[Named]:
    """Name what the mail carries; the bytes are the report's and are made when it is sent."""
    found: list[Named] = [{"source": SOURCE, "ref": str(one.ref), "form": str(form)} for form in forms]
    if chart != ChartPlace.NONE:
        cid = chart_cid(one, brand) if chart == ChartPlace.INLINE else ""
        found.append({"source": SOURCE, "ref": str(one.ref), "form": str(FileForm.PNG), "cid": cid})
    return found


def chart_cid(one: Issued, brand: BrandCard) -> str:
    return f"{CHART}.{one.ref.hex}@{brand.slug}"


def part_of(brand_id: int | None, named: Named) -> Part:
    """Make a part of a report's mail (tenants.mail.parts). Raises NotFound."""
    brand = card_by_id(brand_id or 0)
    if brand is None:
        raise LookupError("a report's mail is always a brand's")
    form = FileForm(named["form"])
    with tenant_scope(brand, _grant()):
        one = get_issued(UUID(named["ref"]))
    kept = file_of(one, form, enter=lambda: tenant_scope(brand, _grant()), now=clock.now())
    return Part(
        one.file_name(brand.slug, form), TYPES[form].partition(";")[0], kept.content, named.get("cid", "")
    )


@cache
def _grant() -> Grant:
    """One grant for the life of a process, written down once."""
    return system("attach reports to mails")
