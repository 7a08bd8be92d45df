"""The strip of an issued report: for the page by classes, for a file with colours of its own. Pure."""

from typing import Any

from django.utils.safestring import SafeString

from reporting.charts import Bar, StripWords, two_strip
from reporting.issued.values import Document

PRINT = """<style>
text{font-family:Inter,Roboto,"Noto Sans","DejaVu Sans",sans-serif;font-size:10.5px;fill:#66717c}
.cap{fill:#3f4a55;font-weight:bold}.gl{stroke:#e3e7ea;stroke-width:1}
.b1{fill:#95c9c9}.b2{fill:#d5dadd}.b3{fill:#ee8f7f}.b4{fill:none;stroke:#b4bcc2;stroke-width:1.5}
.sl{fill:none;stroke:#0b4f59;stroke-width:2;stroke-linejoin:round}
.tg{stroke:#66717c;stroke-width:1.25;stroke-dasharray:4 4}
.pt{fill:#ffffff;stroke:#0b4f59;stroke-width:1.75}.miss{fill:#b3262e;stroke:#ffffff}
</style>"""


def strip(document: Document, *, chart_id: str) -> SafeString:
    """Return the chart for a page."""
    chart, said = document["chart"], document["words"]
    words = StripWords(chart["title"], chart["description"], said["level"], said["contacts"])
    bars = [_bar(one) for one in chart["bars"]]
    return two_strip(bars, target=chart["target"], words=words, chart_id=chart_id)


def printed(document: Document) -> str:
    """Return the chart as a picture that stands for itself."""
    svg = str(strip(document, chart_id="strip"))
    head, _mark, body = svg.partition(">")
    return f'{head} xmlns="http://www.w3.org/2000/svg">{PRINT}{body}'


def spoken(document: Document) -> str:
    """Say what the chart shows, for who cannot see it."""
    chart = document["chart"]
    return f"{chart['title']}. {chart['description']}"


def _bar(one: dict[str, Any]) -> Bar:
    settled = one["in_target"] + one["late"] + one["abandoned"]
    rate = 100 * one["in_target"] / settled if settled else None
    return Bar(
        label=one["label"], in_target=one["in_target"], late=one["late"], abandoned=one["abandoned"],
        waiting=one["waiting"], rate=rate, tip=one["tip"],
    )  # fmt: skip
