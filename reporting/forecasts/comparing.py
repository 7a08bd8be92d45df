"""The forecast beside what came in: by queue, by day, by interval. Values only; inside a tenant_scope."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core.dates import dated
from reporting.counting import Counting, Unread
from reporting.forecasts.accuracy import errors_of
from reporting.forecasts.agreed import Calendar, DayForecast, calendar, days_forecast
from reporting.forecasts.metrics import METRICS
from reporting.intervals import INTERVAL
from reporting.measures import Sums
from reporting.numbers import hundredths, written
from reporting.steps import WHOLE, Slot
from reporting.stored import by_interval

OFFERED = "offered"


@dataclass(frozen=True, slots=True)
class Cell:
    """An interval of a queue: hundredths forecast, and how many came in; None while it is not over."""

    slot: Slot
    day: date
    queue_id: int
    forecast: int
    actual: int | None
    source: DayForecast

    @property
    def pair(self) -> tuple[int, int] | None:
        return None if self.actual is None else (self.forecast, self.actual)


@dataclass(frozen=True, slots=True)
class Line:
    """Forecast and what came in, as shown; "–" where there is nothing to show or to divide by."""

    label: str
    forecast: str
    actual: str
    difference: str
    wape: str
    mape: str
    queue_id: int = 0
    slot: Slot | None = None


@dataclass(frozen=True, slots=True)
class Versus:
    """Everything the page shows of a period. `beyond`: so many came in where nothing was forecast."""

    cells: tuple[Cell, ...]
    whole: Line
    by_queue: tuple[Line, ...]
    by_day: tuple[Line, ...]
    beyond: int
    calendar: Calendar

    @property
    def metrics(self) -> list[tuple[str, str, str]]:
        """(name, id, value) of the accuracy."""
        values = (self.whole.wape, self.whole.mape)
        return [(str(one.name), one.key, value) for one, value in zip(METRICS, values, strict=True)]


def versus(of: Counting, *, queues: Mapping[int, str], now: datetime, queue_id: int | None = None) -> Versus:
    """Put forecast and contacts of a period side by side, of one queue or all; three statements."""
    zone = ZoneInfo(of.zone)
    terms = calendar(zone)
    wanted = None if queue_id is None else [queue_id]
    found = days_forecast(of.first, of.last, of=terms, now=now, queue_ids=wanted)
    every = offered(of.cut[0].start, of.cut[-1].end, unread=of.unread)
    came = {key: count for key, count in every.items() if queue_id in (None, key[1])}
    cells = tuple(cells_of(found.values(), came, zone, now))
    forecast_for = {(at, one.queue_id) for one in cells for at in _quarters(one.slot)}
    beyond = sum(count for key, count in came.items() if key not in forecast_for)
    return Versus(
        cells, _line(_("All of it"), cells),
        tuple(_by_queue(cells, queues)), tuple(_by_day(cells)), beyond, terms,
    )  # fmt: skip


def cells_of(
    days: Iterable[DayForecast], came: Mapping[tuple[datetime, int], int], zone: ZoneInfo, now: datetime
) -> list[Cell]:
    """Return the intervals for which something is forecast, in their order."""
    found = [cell for one in days for cell in _cells(one, came, zone, now)]
    return sorted(found, key=lambda cell: (cell.slot.start, cell.queue_id))


def interval_lines(cells: Sequence[Cell], queues: Mapping[int, str]) -> list[Line]:
    """Return a line for each interval."""
    return [
        _line(cell.slot.label, [cell], queue_id=cell.queue_id, slot=cell.slot) for cell in cells
    ]  # fmt: skip


def errors(of: Counting, *, now: datetime) -> Sums:
    """Return the sums of the forecast's errors in a period; two statements where nothing is forecast."""
    zone = ZoneInfo(of.zone)
    found = days_forecast(of.first, of.last, of=calendar(zone), now=now)
    came = offered(of.cut[0].start, of.cut[-1].end, unread=of.unread) if found else {}
    return errors_of(_pairs(cells_of(found.values(), came, zone, now)))


def offered(
    start: datetime, end: datetime, *, unread: Unread | None = None
) -> dict[tuple[datetime, int], int]:
    """Return how many came in by quarter of an hour and queue."""
    sums = by_interval(start, end, numbers=[OFFERED], unread=unread or Unread())
    return {key: count for key, one in sums.items() if (count := one.numbers[OFFERED])}


def _cells(
    one: DayForecast, came: Mapping[tuple[datetime, int], int], zone: ZoneInfo, now: datetime
) -> Iterable[Cell]:
    whole = one.step * len(one.contacts) == WHOLE
    for n, number in enumerate(one.contacts):
        if number is None:
            continue
        start = one.starts_at + n * one.step
        slot = Slot(start, start + one.step, _label(start, zone, whole))
        actual = sum(came.get((at, one.queue_id), 0) for at in _quarters(slot)) if slot.end <= now else None
        yield Cell(slot, one.day, one.queue_id, number, actual, one)


def _quarters(slot: Slot) -> list[datetime]:
    return [slot.start + n * INTERVAL for n in range((slot.end - slot.start) // INTERVAL)]


def _label(start: datetime, zone: ZoneInfo, whole: bool) -> str:
    local = start.astimezone(zone)
    time = "%H:%M" if whole else "%H:%M %Z"
    return f"{dated(local, 'D j M')}, {local:{time}}"


def _by_queue(cells: Sequence[Cell], queues: Mapping[int, str]) -> list[Line]:
    found = defaultdict[int, list[Cell]](list)
    for cell in cells:
        found[cell.queue_id].append(cell)
    lines = [_line(queues.get(number, "?"), of, queue_id=number) for number, of in found.items()]
    return sorted(lines, key=lambda line: line.label.casefold())


def _by_day(cells: Sequence[Cell]) -> list[Line]:
    found = defaultdict[date, list[Cell]](list)
    for cell in cells:
        found[cell.day].append(cell)
    return [_line(dated(day, "D j M"), of) for day, of in sorted(found.items())]


def _line(label: str, cells: Sequence[Cell], *, queue_id: int = 0, slot: Slot | None = None) -> Line:
    """Sum intervals up; what is not over yet counts in the forecast alone."""
    pairs = _pairs(cells)
    came, sums = sum(actual for _said, actual in pairs), errors_of(pairs)
    beyond = 100 * came - sum(said for said, _came in pairs)
    forecast = hundredths(sum(cell.forecast for cell in cells)) if cells else "–"
    wape, mape = (written("percent", one.value(sums).number) for one in METRICS)
    return Line(
        label, forecast, written("count", Fraction(came)) if pairs else "–",
        _signed(beyond) if pairs else "–", wape, mape, queue_id, slot,
    )  # fmt: skip


def _pairs(cells: Iterable[Cell]) -> list[tuple[int, int]]:
    return [pair for cell in cells if (pair := cell.pair) is not None]


def _signed(number: int) -> str:
    text = hundredths(abs(number))
    return f"±{text}" if not number else f"{'−' if number < 0 else '+'}{text}"
