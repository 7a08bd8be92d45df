"""The strip of an issued report: for the page by classes, for a file with colours of its own. Pure.

Documents of before know no marks and no causes.
"""

from typing import Any

from django.utils import translation
from django.utils.safestring import SafeString

from core.shares import percent
from reporting.charts import PRINT, SCREEN, Bar, Mark, Palette, StripWords, two_strip
from reporting.issued.values import Document


def strip(document: Document, *, chart_id: str, palette: Palette = SCREEN) -> SafeString:
    """Return the chart for a page, or for what has no style sheet."""
    chart, target = document["chart"], document["chart"]["target"]
    bars = [_bar(one) for one in chart["bars"]]
    marks = [Mark(**one) for one in chart.get("marks", ())]
    with translation.override(document["issued"]["language"]):
        words = _words(document)
        return two_strip(bars, target=target, words=words, chart_id=chart_id, marks=marks, palette=palette)


def _words(document: Document) -> StripWords:
    chart, said = document["chart"], document["words"]
    target = "" if chart["target"] is None else f"{said['target']} {percent(chart['target'])}"
    return StripWords(chart["title"], chart["description"], said["level"], said["contacts"], target)


def printed(document: Document) -> str:
    """Return the chart as a picture that stands for itself."""
    return str(strip(document, chart_id="strip", palette=PRINT))


def spoken(document: Document) -> str:
    """Say what the chart shows, for who cannot see it."""
    chart = document["chart"]
    return f"{chart['title']}. {chart['description']}"


def _bar(one: dict[str, Any]) -> Bar:
    settled = one["in_target"] + one["late"] + one["abandoned"]
    rate = 100 * one["in_target"] / settled if settled else None
    return Bar(
        label=one["label"], in_target=one["in_target"], late=one["late"], abandoned=one["abandoned"],
        waiting=one["waiting"], rate=rate, tip=one["tip"], cause=one.get("cause", ""),
    )  # fmt: skip
