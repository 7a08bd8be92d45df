"""The catalogue: every metric that today's events can make, after KPI.md. Pages and docs are made of it.

A definition never changes: another formula is another version. Ids without `.REPLY` count ANS.ACCEPT (an
agent accepted the offer) as the answer; those with it ANS.REPLY (an agent's first message).
"""

from collections.abc import Sequence

from django.utils.functional import Promise

from reporting.catalogue.clocks import CLOCKS
from reporting.catalogue.defining import GROUPS
from reporting.catalogue.handling import HANDLE_TIME, HANDLINGS
from reporting.catalogue.queue import (
    ABANDONED,
    ANSWERED,
    CALLBACKS_KEPT,
    FLOWED_OUT,
    LEVELS,
    OFFERED,
    QUEUES,
    SERVICE_LEVEL,
    SPEED_OF_ANSWER,
    SUPERSEDED,
)
from reporting.catalogue.response import RESPONSES
from reporting.forecasts import metrics as forecasts
from reporting.labour import metrics as labour
from reporting.measures import Sums
from reporting.metrics import Metric

__all__ = [
    "ABANDONED", "ANSWERED", "BY_KEY", "BY_SLUG", "CALLBACKS_KEPT", "CATALOGUE", "EVERY", "FLOWED_OUT",
    "HANDLE_TIME", "LEVELS", "OFFERED", "REPORTED", "REPORT_NUMBERS", "SERVICE_LEVEL", "SPEED_OF_ANSWER",
    "grouped", "reported",
]  # fmt: skip

CATALOGUE: tuple[Metric, ...] = (*LEVELS, *QUEUES, *HANDLINGS, *RESPONSES, *CLOCKS)
"""Those whose sums are of contacts: contacts are the rows behind them, and contracts promise them."""
EVERY: tuple[Metric, ...] = (*CATALOGUE, *labour.METRICS, *forecasts.METRICS)
REPORTED = (SERVICE_LEVEL, SPEED_OF_ANSWER, OFFERED, ANSWERED, ABANDONED, HANDLE_TIME)
"""What every report shows; where calls were promised, CALLBACKS_KEPT beside them."""
REPORT_NUMBERS = sorted(
    {"promised", "flowed", "told"}.union(*(one.measures for one in (*REPORTED, CALLBACKS_KEPT)))
)
"""The sums that a report is made of."""
BY_KEY = {metric.key: metric for metric in (*CATALOGUE, *SUPERSEDED)}
"""Also of older versions: what was promised by one is read by it."""
BY_SLUG = {metric.slug: metric for metric in CATALOGUE}


def reported(sums: Sums) -> Sequence[Metric]:
    """Return the metrics that a report over these sums shows."""
    return (*REPORTED, CALLBACKS_KEPT) if sums.numbers["promised"] else REPORTED


def grouped() -> list[tuple[Promise, list[Metric]]]:
    """Return every group with its metrics, in their order."""
    return [(title, [one for one in EVERY if one.group == group]) for group, title in GROUPS]
