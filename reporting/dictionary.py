"""The catalogue as the page docs/metrics.md."""

from django.utils import translation

from reporting.catalogue import grouped
from reporting.metrics import ATTRIBUTION, CONTACTS, EXCLUSIONS, Metric

HEAD = """\
# Metrics

Written by `manage.py metrics`; not edited by hand. What every number means, as portal and
console say it.

- {attribution}
- {exclusions}
- Where there is nothing to divide by there is no number: it reads –, never zero.
- A definition never changes: another formula is another version. The key `id@version` stands at each number.
- Every metric is made of sums of *measures* (`reporting/measures.py`) over contacts, of agents' time
  (`reporting/labour/sums.py`) or of forecasts' errors (`reporting/forecasts/accuracy.py`), in whole numbers:
  sums over parts add up to the whole, averages are taken last. Percentiles come from histograms that merge
  the same way.
- Time is counted by the clock on the wall, or by the opening hours of the contact's queue; then the key ends
  in `/business`.
- "Answered" is ANS.ACCEPT, an agent accepted the offer; ids with `.REPLY` take an agent's first message.
- "Better" is which way a number is better. Only what is better one way can be promised: at least so much
  where it is higher, at most where it is lower.
- ISO is the clause of ISO 18295-1 (4.3: measuring and monitoring of customer experience), COPC the name that
  the family of COPC's standards uses for such a number.

A metric whose events do not exist yet is not listed.
"""


def markdown() -> str:
    """Return the page, in English."""
    with translation.override("en"):
        head = HEAD.format(attribution=ATTRIBUTION, exclusions=EXCLUSIONS)
        found = "".join(_group(str(title), metrics) for title, metrics in grouped())
        return head + found


def _group(title: str, metrics: list[Metric]) -> str:
    lines = [
        "",
        f"## {title}",
        "",
        *_notes(metrics),
        "| key | name | meaning | formula | unit | better | ISO | COPC |",
        "|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *map(_line, metrics)]) + "\n"


def _notes(metrics: list[Metric]) -> list[str]:
    """What is true of these and not of the others."""
    first = metrics[0]
    return [f"{first.attribution} {first.exclusions}", ""] if first.source != CONTACTS else []


def _line(metric: Metric) -> str:
    cells = (
        f"`{metric.key}`", metric.name, metric.words, metric.formula, metric.unit, metric.better or "-",
        metric.iso or "-", metric.copc,
    )  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"
