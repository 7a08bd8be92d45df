"""What is agreed for clocks, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from core.templatetags.ui import spell
from interactions.choices import ClockKind, ClockPause, ClockTime


def told(terms: Mapping[str, Any] | None) -> list[str]:
    """Return a line for each clock that has a target; none: nothing is agreed."""
    return [_line(kind, own) for kind in ClockKind if (own := (terms or {}).get(kind))]


def _line(kind: ClockKind, own: Mapping[str, Any]) -> str:
    parts = [_span(own["seconds"])]
    if own.get("urgent_seconds"):
        urgent = {"time": spell(own["urgent_seconds"]), "priority": own["urgent_from"]}
        parts.append(_("%(time)s from priority %(priority)d on") % urgent)
    parts.append(_("opening hours") if own["counted"] == ClockTime.BUSINESS else _("all time counts"))
    if own["pauses"]:
        why = ", ".join(str(ClockPause(one).label).lower() for one in own["pauses"])
        parts.append(_("stands still: %(why)s") % {"why": why})
    if own.get("total"):
        parts.append(_("goes on when it is opened again"))
    return f"{kind.label}: " + "; ".join(parts)


def _span(seconds: int | None) -> str:
    return _("within %(time)s") % {"time": spell(seconds)} if seconds else _("no target")
