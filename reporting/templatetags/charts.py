"""Small charts that every template may write without loading anything."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.shares import percent
from reporting import charts
from reporting.choices import Verdict

register = template.Library()
KINDS = {Verdict.MET: "good", Verdict.MISSED: "warn", Verdict.UNDER: "bad"}
ROOM = 1.25
"""How much longer than the longer of value and target a meter without an end is."""


@register.simple_tag
def meter(value: float | Fraction | None, target: float | None = None, kind: str = "good") -> SafeString:
    """Draw a share in percent as a bar with a tick at the target and the figure beside it."""
    if value is None:
        return SafeString("–")
    number = round(float(value), 1)
    drawn = charts.meter(number, target=target, kind="")
    return format_html(
        '<span class="meter {}">{}<b class="num">{}</b></span>', kind, drawn, percent(number, 1)
    )


@register.simple_tag
def gauge(number: Fraction | None, target: Decimal, unit: str, verdict: str) -> SafeString:
    """Draw a figure of a target that was met or missed; the figure itself stands beside it."""
    if number is None:
        return SafeString("")
    value, wanted = float(number), float(target)
    top = 100 if unit == "percent" else max(value, wanted) * ROOM
    drawn = charts.meter(value, target=wanted, top=top, kind="")
    return format_html('<span class="meter {}">{}</span>', KINDS.get(Verdict(verdict), "plain"), drawn)


@register.simple_tag
def level(number: Fraction | None, target: int | None) -> SafeString:
    """Draw a share in percent against its target, if there is one; the figure itself stands beside it."""
    if number is None or not target:
        return SafeString("")
    kind = "good" if number >= target else "bad"
    drawn = charts.meter(float(number), target=target, kind="")
    return format_html('<span class="meter {}">{}</span>', kind, drawn)


@register.simple_tag
def spark(values: Sequence[float | None], kind: str = "") -> SafeString:
    """Draw a line of at least two values, without scale: the figure beside it carries the number."""
    return charts.spark(values, kind=kind)
