"""The elements of a picture, none of them wider than the room that it has."""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reporting.charts.palettes import Palette
from reporting.charts.values import Words

LETTER = 6.5  # of a label, at most
NOTHING = SafeString("")


def num(value: float) -> str:
    """Write a length with one decimal, none where it is whole."""
    return f"{round(value, 1) + 0:.1f}".removesuffix(".0")


def joined(parts: Iterable[str]) -> SafeString:
    """Put markup together."""
    return format_html_join("", "{}", ((part,) for part in parts))


def picture(
    chart_id: str,
    words: Words,
    size: tuple[float, float],
    body: SafeString,
    *,
    palette: Palette,
    css: str = "chart",
    role: str = "img",
    more: SafeString = NOTHING,
) -> SafeString:
    """Return the whole: named by its title, described by its finding."""
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}"{} role="{}" aria-labelledby="{}-t" aria-describedby="{}-d"{}>'
        '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}{}</svg>',
        css, num(size[0]), num(size[1]), _alone(size, palette), role, chart_id, chart_id, more,
        chart_id, words.title, chart_id, words.description, sheet(palette), body,
    )  # fmt: skip


def _alone(size: tuple[float, float], palette: Palette) -> SafeString:
    if not palette.is_alone:
        return NOTHING
    return format_html(
        ' xmlns="http://www.w3.org/2000/svg" width="{}" height="{}"', num(size[0]), num(size[1])
    )


def sheet(palette: Palette) -> SafeString:
    """Return the colours of a picture that stands alone."""
    return SafeString(f"<style>{palette.sheet}</style>") if palette.is_alone else NOTHING


def hatch(chart_id: str) -> SafeString:
    """Return the pattern that `hatched` fills with."""
    return format_html(
        '<defs><pattern id="{}-hatch" width="5" height="5" patternUnits="userSpaceOnUse">'
        '<path class="hl" d="M0 5 5 0"/></pattern></defs>',
        chart_id,
    )


def hatched(css: str, chart_id: str, x: float, y: float, width: float, height: float) -> SafeString:
    """Return stripes over a rectangle: what is told by more than its colour."""
    return format_html(
        '<rect class="ht {}" fill="url(#{}-hatch)" x="{}" y="{}" width="{}" height="{}"/>',
        css, chart_id, num(x), num(y), num(width), num(height),
    )  # fmt: skip


def rect(css: str, x: float, y: float, width: float, height: float, *, round_by: float = 0) -> SafeString:
    """Return a rectangle."""
    corner = format_html(' rx="{}"', num(round_by)) if round_by else NOTHING
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"{}/>',
        css, num(x), num(y), num(width), num(height), corner,
    )  # fmt: skip


def rule(css: str, x1: float, x2: float, y: float) -> SafeString:
    """Return a horizontal line."""
    return format_html(
        '<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>', css, num(x1), num(x2), num(y), num(y)
    )


def text(
    css: str, x: float, y: float, words: str, *, anchor: str = "start", room: float | None = None
) -> SafeString:
    """Return words, cut to their room."""
    shown = words if room is None else cut(words, room)
    at = NOTHING if anchor == "start" else format_html(' text-anchor="{}"', anchor)
    return format_html('<text class="{}" x="{}" y="{}"{}>{}</text>', css, num(x), num(y), at, shown)


def cut(words: str, room: float) -> str:
    """Return as much of the words as there is room for."""
    most = int(room / LETTER)
    if len(words) <= most:
        return words
    return f"{words[: most - 1].rstrip()}…" if most > 1 else ""


def points(found: Iterable[tuple[float, float]]) -> str:
    """Write corners as an attribute."""
    return " ".join(f"{num(x)},{num(y)}" for x, y in found)
