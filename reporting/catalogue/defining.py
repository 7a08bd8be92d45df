"""What definitions have in common: their groups, the standards' names, and how one is written down."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reporting.forecasts.metrics import FORECASTS
from reporting.labour.metrics import AGENTS
from reporting.metrics import HIGHER, Metric

LEVEL, QUEUE, HANDLING, RESPONSE, CLOCK = "level", "queue", "handling", "response", "clock"
GROUPS: tuple[tuple[str, Promise], ...] = (
    (LEVEL, _("Service level")),
    (QUEUE, _("Queue and speed")),
    (HANDLING, _("Handling")),
    (RESPONSE, _("Replies and resolution")),
    (CLOCK, _("Clocks")),
    (AGENTS, _("Agents' time")),
    (FORECASTS, _("Forecast")),
)
CUSTOMER = "4.3"
"""ISO 18295-1: measuring and monitoring of customer experience."""
COPC_LEVEL, COPC_ABANDON, COPC_SPEED = "Service Level", "Abandonment Rate", "Average Speed of Answer"
COPC_AHT, COPC_TIME, COPC_ONCE = "Average Handle Time", "Cycle Time", "First Contact Resolution"


def define(id: str, group: str, name: Promise, words: Promise, unit: str, **more: Any) -> Metric:
    """Write a metric down: version 1 and an address made of its id, unless `more` says otherwise."""
    slug = more.pop("slug", id.lower().replace(".", "-"))
    return Metric(id, more.pop("version", 1), slug, group, name, words, unit, **more)


def level(id: str, name: Promise, words: Promise, top: str, bottom: str, **more: Any) -> Metric:
    """Write a variant of the service level down: a share of `bottom`."""
    more = {"iso": CUSTOMER, "copc": COPC_LEVEL, "better": HIGHER} | more
    return define(id, LEVEL, name, words, "percent", top=top, bottom=bottom, **more)
