"""The day as lanes over one time axis: SVG with classes for both themes, title and finding inside. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, LEFT, RIGHT = 960, 64, 8
LANE, GAP, TOP = 34, 12, 8
MOST_TICKS = 13


@dataclass(frozen=True)
class Mark:
    """A stretch in a lane, the `n`-th of `of` that lie over each other; its class, words and hue."""

    start: datetime
    end: datetime
    css: str
    words: str
    hue: int | None = None
    n: int = 0
    of: int = 1


@dataclass(frozen=True)
class Lane:
    name: str
    marks: tuple[Mark, ...]


def day_chart(
    lanes: tuple[Lane, ...], *, start: datetime, end: datetime, zone: ZoneInfo, title: str, finding: str
) -> SafeString:
    """Return the lanes between two instants; hours are the zone's. `finding` is for who cannot see it."""
    axis = _Axis(start, end, zone)
    height = TOP + len(lanes) * (LANE + GAP) + 16
    body = format_html_join("", "{}", ((axis.lane(lane, n),) for n, lane in enumerate(lanes)))
    return format_html(
        '<svg class="chart lanes" viewBox="0 0 {} {}" role="img" aria-labelledby="day-t day-d">'
        '<title id="day-t">{}</title><desc id="day-d">{}</desc>{}{}</svg>',
        WIDTH, height, title, finding, axis.ticks(height), body,
    )  # fmt: skip


class _Axis:
    def __init__(self, start: datetime, end: datetime, zone: ZoneInfo) -> None:
        self.start, self.end, self.zone = start, end, zone
        self.scale = (WIDTH - LEFT - RIGHT) / (end - start).total_seconds()

    def x(self, instant: datetime) -> float:
        return round(LEFT + (instant - self.start).total_seconds() * self.scale, 1)

    def ticks(self, height: int) -> SafeString:
        rows = [
            (self.x(at), self.x(at), TOP, height - 18, self.x(at), height - 4, self._anchor(at), text)
            for at, text in self._hours()
        ]
        return format_html_join(
            "",
            '<line class="gl" x1="{}" x2="{}" y1="{}" y2="{}"/>'
            '<text class="ax" x="{}" y="{}" text-anchor="{}">{}</text>',
            rows,
        )

    def _anchor(self, at: datetime) -> str:
        return "end" if self.x(at) > WIDTH - 2 * RIGHT else "middle"

    def _hours(self) -> Iterator[tuple[datetime, str]]:
        hours = int((self.end - self.start) / timedelta(hours=1))
        for n in range(0, hours + 1, max(1, -(-hours // MOST_TICKS))):
            at = self.start + timedelta(hours=n)
            yield at, f"{at.astimezone(self.zone):%H:%M}"

    def lane(self, lane: Lane, n: int) -> SafeString:
        y = TOP + n * (LANE + GAP)
        return format_html(
            '<text class="cap" x="0" y="{}">{}</text>{}',
            y + LANE // 2 + 4, lane.name,
            format_html_join("", "{}", ((self._mark(mark, y),) for mark in lane.marks)),
        )  # fmt: skip

    def _mark(self, mark: Mark, y: int) -> SafeString:
        x, each = self.x(mark.start), LANE / mark.of
        width = max(1.0, round(self.x(mark.end) - x, 1))
        hue = format_html(' data-hue="{}"', mark.hue) if mark.hue is not None else SafeString("")
        return format_html(
            '<g{}><rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect></g>',
            hue, mark.css, x, round(y + mark.n * each, 1), width, round(each - (1 if mark.of > 1 else 0), 1),
            f"{mark.words}, {mark.start.astimezone(self.zone):%H:%M}–{mark.end.astimezone(self.zone):%H:%M}",
        )  # fmt: skip
