"""What a chart shows, in words: its extremes, where it missed the target, what happened, what is not over."""

from collections.abc import Callable, Sequence
from itertools import groupby

from django.utils.translation import gettext as _

from reporting.charts.values import Mark, Point, State

Said = Callable[[float], str]
"""A number as it is shown, with its unit."""


def finding(
    found: Sequence[Point],
    *,
    said: Said,
    target: float | None = None,
    rises: bool = True,
    marks: Sequence[Mark] = (),
) -> str:
    """Return the sentences; where nothing has a number, that alone and what happened."""
    parts = [_extremes(found, said), _misses(found, said, target, rises=rises), _open(found)]
    parts += [f"{number}: {mark.words}." for number, mark in enumerate(marks, start=1)]
    return " ".join(part for part in parts if part)


def breaches(found: Sequence[Point], target: float | None, *, rises: bool = True) -> list[str]:
    """Return the stretches beyond the target, a gap ends one: "13–15", "17"."""
    if target is None:
        return []
    runs = groupby(found, key=lambda one: one.value is not None and _beyond(one.value, target, rises=rises))
    return [_stretch([one.label for one in run]) for is_missed, run in runs if is_missed]


def _beyond(value: float, target: float, *, rises: bool) -> bool:
    return value < target if rises else value > target


def _stretch(labels: Sequence[str]) -> str:
    return labels[0] if len(labels) == 1 else f"{labels[0]}–{labels[-1]}"


def _extremes(found: Sequence[Point], said: Said) -> str:
    known = [(one.value, one.label) for one in found if one.value is not None]
    if not known:
        return _("No contacts were settled in this period.")
    (low, low_at), (high, high_at) = min(known), max(known)
    return _("Lowest %(low)s (%(low_at)s), highest %(high)s (%(high_at)s).") % {
        "low": said(low), "low_at": low_at, "high": said(high), "high_at": high_at,
    }  # fmt: skip


def _misses(found: Sequence[Point], said: Said, target: float | None, *, rises: bool) -> str:
    if target is None or all(one.value is None for one in found):
        return ""
    spans = breaches(found, target, rises=rises)
    named = {"target": said(target), "when": ", ".join(spans)}
    if not spans:
        return _("The target of %(target)s was met throughout.") % named
    words = (
        _("Below the target of %(target)s: %(when)s.")
        if rises
        else _("Above the target of %(target)s: %(when)s.")
    )
    return words % named


def _open(found: Sequence[Point]) -> str:
    going_on = [one.label for one in found if one.state == State.OPEN]
    return _("In progress: %(label)s.") % {"label": going_on[-1]} if going_on else ""
