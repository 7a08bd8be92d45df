"""A document as a part of a page: portal and console show the same markup, in whatever language they are."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from reporting.issued.chart import strip
from reporting.issued.values import TEXT, Document, Section, text_of


def body(document: Document, *, digest: str = "") -> SafeString:
    """Return the markup; without a digest it is of what was not issued yet."""
    shown = document | {"sections": [_table(one) for one in document["sections"]]}
    context = {"d": shown, "chart": strip(document, chart_id="issued-strip"), "digest": digest}
    return render_to_string("reporting/issued.html", context)


def _table(table: Section) -> dict[str, Any]:
    """Add `cells`: {"text", "is_text"} each."""
    units = [column["unit"] for column in table["head"]]
    cells = [
        [{"text": text_of(cell), "is_text": unit == TEXT} for cell, unit in zip(row, units, strict=True)]
        for row in table["rows"]
    ]
    return {**table, "cells": cells}
