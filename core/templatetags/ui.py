"""What every template may write without loading anything: icons, avatars, durations."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import zip_longest
from typing import Any, TypeGuard
from zlib import crc32
from zoneinfo import ZoneInfo

from django import template
from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import Message
from django.template import Context, defaultfilters
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from lucide import _render_icon

from core import shares
from core.dates import as_written, dated
from core.hues import stylesheet_path

register = template.Library()

ICON_SIZES = {"xs": 12, "sm": 14, "": 16, "lg": 20}
DIRECTED = re.compile(r"^(arrow|chevron|corner)-.*(left|right)|^(send|reply|log-out|log-in|undo|redo|route)")
TINTS = 12
ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
CELL = re.compile(r"<td\b")
INNER = re.compile(r"<table\b.*?</table>", re.DOTALL)
NUMBER = re.compile(r"""<td\b[^>]*class="num"[^>]*>|(<td\b)""")


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Draw a Lucide icon, hidden from screen readers: its words stand beside it or in an aria-label."""
    return _icon(str(name), str(size))


@lru_cache(maxsize=256)
def _icon(name: str, size: str) -> SafeString:
    classes = " ".join(["i", *([f"i-{size}"] if size else []), *(["flip"] if DIRECTED.match(name) else [])])
    drawn = _render_icon(name, ICON_SIZES[size], **{"class": classes, "aria_hidden": "true"})
    return mark_safe(re.sub(r">\s+<", "><", drawn).strip())  # noqa: S308 - a file of the package


@register.filter
def initials(name: str | None) -> str:
    """`Maya Lindqvist` -> `ML`; one word gives one letter, nothing gives `?`."""
    words = [word for word in re.split(r"[\s\-]+", name or "") if word[:1].isalnum()]
    return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper() or "?"


register.simple_tag(initials, name="initials")


@register.simple_tag
def avatar(name: str | None, hue: int | None = None, size: str = "") -> SafeString:
    """Draw initials on one of twelve tints, chosen by `hue` (0-359) or, the same each time, by the name."""
    tint = crc32((name or "").encode()) % TINTS if hue is None else round(int(hue) % 360 / 30) % TINTS
    classes = f"avatar {size}".strip()
    return format_html(
        '<span class="{}" data-tint="{}" translate="no" aria-hidden="true">{}</span>',
        classes, tint, initials(name),
    )  # fmt: skip


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float | Decimal)


@register.filter
def mmss(seconds: float | str | None) -> str:
    """47 -> `0:47`, 725 -> `12:05`, 3725 -> `1:02:05`; nothing for None."""
    if not _is_number(seconds):
        return ""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def spell(seconds: float | str | None) -> str:
    """47 -> `47 s`, 725 -> `12 min`, 6125 -> `1 h 42`; nothing for None."""
    if not _is_number(seconds):
        return ""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    if minutes >= 60:
        return gettext("%(hours)d h %(minutes)02d") % {"hours": minutes // 60, "minutes": minutes % 60}
    if minutes:
        return gettext("%(minutes)d min") % {"minutes": minutes}
    return gettext("%(seconds)d s") % {"seconds": rest}


@register.filter
def percent(number: Any, places: int = 0) -> str:
    """86.4 -> `86%`, with a place `86.4%`, as the reader's language writes it; a dash where there is none."""
    return "–" if number in (None, "") else shares.percent(number, places)


@register.filter("date", expects_localtime=True, is_safe=False)
def date_filter(when: Any, form: Any = None) -> Any:
    """Django's own, with months as the language writes them."""
    return defaultfilters.date(when, as_written(form))


@register.filter
def clock(instant: datetime | None, zone: str = "") -> str:
    """The time of day in that zone: `14:11`."""
    return dated(_local(instant, zone), "H:i") if instant else ""


@register.filter
def moment(instant: datetime | None, zone: str = "") -> str:
    """Today the time of day, this year day and month, else the date."""
    if not instant:
        return ""
    there, today = _local(instant, zone), _local(timezone.now(), zone)
    if there.date() == today.date():
        return dated(there, "H:i")
    return dated(there, "j M" if there.year == today.year else "j M Y")


@register.simple_tag
def window(start: datetime, end: datetime, zone: str = "") -> str:
    """Say from when to when: the day is named where it is not today, the second one where it is another."""
    here, there, today = _local(start, zone), _local(end, zone), _local(timezone.now(), zone)
    return gettext("%(from)s to %(until)s") % {
        "from": _at(here, today.date()), "until": _at(there, here.date()),
    }  # fmt: skip


def _at(there: datetime, known: date) -> str:
    """The time of day; with its day where that is not the known one."""
    time = dated(there, "H:i")
    if there.date() == known:
        return time
    day = dated(there, "D j M" if there.year == known.year else "D j M Y")
    return gettext("%(day)s, %(time)s") % {"day": day, "time": time}


def _local(instant: datetime, zone: str) -> datetime:
    return timezone.localtime(instant, ZoneInfo(str(zone)) if zone else None)


@register.simple_tag
def ring(seconds: float = 0, size: str = "") -> SafeString:
    """Draw the countdown ring; a script moves it by `--left` and its number by `data-tick` (`tick.js`)."""
    return format_html(
        '<div class="{}" role="timer" aria-live="off"><svg viewBox="0 0 52 52" aria-hidden="true">'
        '<circle cx="26" cy="26" r="22" /><circle cx="26" cy="26" r="22" pathLength="100" /></svg>'
        '<span><span data-tick="s">{}</span><small> {}</small></span></div>',
        f"ring {size}".strip(), max(0, int(seconds or 0)), gettext("s"),
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def brand_stylesheet(context: Context) -> SafeString:
    """Link the hues of this page: `hues` and the hue of `brand`, whichever the context has."""
    brand = context.get("brand")
    hues = {*(context.get("hues") or ()), *([brand.hue] if brand else [])}
    return format_html('<link rel="stylesheet" href="{}">', stylesheet_path(hues)) if hues else SafeString("")


@register.simple_tag(takes_context=True)
def notices(context: Context) -> Iterable[Message]:
    """Return what earlier answers left to be said (a page may have a `messages` of its own)."""
    request = context.get("request")
    return get_messages(request) if request else ()


@register.simple_tag
def attributes(**values: Any) -> SafeString:
    """Write the HTML attributes that have a value; `_` in a name becomes `-`, True gives a bare attribute."""
    pairs = [(name.rstrip("_").replace("_", "-"), value) for name, value in values.items()]
    bare = format_html_join("", " {}", ((name,) for name, value in pairs if value is True))
    return bare + format_html_join("", ' {}="{}"', (p for p in pairs if p[1] not in (None, "", False, True)))


@register.simple_block_tag
def listing(content: str, caption: str, *heads: str, has_acts: bool = False) -> SafeString:
    """Draw a table whose rows become blocks on a phone, around the rows between the tags.

    `caption` names it to screen readers; `heads` are its columns' words, after them comes one of buttons if
    `has_acts`. A column whose cells are of the class `num` is one of numbers. What is a table within a cell
    stays as it is.
    """
    inner = iter(INNER.findall(content))
    content = INNER.sub("<table>", content)
    first = ROW.search(content)
    texts = [bool(cell) for cell in NUMBER.findall(first[0] if first else "")]
    labelled = ROW.sub(lambda row: _labelled(row[0], heads[1:]), content)
    rows = mark_safe(re.sub("<table>", lambda _table: next(inner), labelled))
    columns = list(zip_longest(heads, [False, *texts][: len(heads)], fillvalue=True))
    context = {"caption": caption, "columns": columns, "has_acts": has_acts, "rows": rows}
    return mark_safe(render_to_string("elements/listing.html", context))


def _labelled(row: str, heads: Sequence[str]) -> str:
    """Give each cell its column's word, which stands before it where the head of the table is not seen."""
    labels = iter([format_html(' data-label="{}"', head) for head in heads])
    return CELL.sub(lambda cell: cell[0] + next(labels, ""), row)


@register.filter
def letter(name: str | None) -> str:
    """The first letter of a name, for a brand's mark."""
    return (name or "").strip()[:1].upper()
