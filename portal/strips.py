"""The strip of a report or a queue on its page: where its rows are, its table, its file."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.shares import percent
from portal.narrow import slot_query
from reporting.choices import Step
from reporting.report import Line
from reporting.stored import Target
from reporting.timeline import RowsAt


def rows_at(query: str, days: int) -> RowsAt:
    """Return where the rows of an interval are; `query` is that of the period, and of a queue."""
    address, step = reverse("portal:rows", args=["offered"]), step_of_bars(days)
    return lambda slot: f"{address}?{query}&{slot_query(slot, step)}"


def strip_context(query: str, days: int, lines: Sequence[Line], targets: Sequence[Target]) -> dict[str, Any]:
    """Return what `portal/_strip.html` shows around the picture; without lines its table is elsewhere."""
    step = step_of_bars(days)
    return {
        "title": _("Service level by hour") if days == 1 else _("Service level by day"),
        "note": " · ".join(_target(*target) for target in targets),
        "first": _("Hour") if days == 1 else _("Day"),
        "heads": [figure.metric.name for figure in lines[0].figures] if lines else [],
        "lines": [
            {
                "label": line.label,
                "cells": line.figures,
                "note": line.note,
                "query": f"{query}&{slot_query(line.slot, step)}",
            }
            for line in lines
        ],
        "export": f"{reverse('portal:queues-export')}?{query}&step={step}",
    }


def step_of_bars(days: int) -> Step:
    """Return how long the bars are: as `reporting.steps.bars_of` cuts them."""
    return Step.HOUR if days == 1 else Step.DAY


def _target(share: int | None, seconds: int) -> str:
    if share is None:
        return _("target %(seconds)s s") % {"seconds": seconds}
    return _("target %(share)s in %(seconds)s s") % {"share": percent(share), "seconds": seconds}
