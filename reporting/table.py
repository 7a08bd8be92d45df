"""The interval table and the queues of a period: the same columns, each a metric of the catalogue."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

from reporting.catalogue import (
    ABANDONED,
    ANSWERED,
    BY_SLUG,
    FLOWED_OUT,
    HANDLE_TIME,
    OFFERED,
    SERVICE_LEVEL,
    SPEED_OF_ANSWER,
)
from reporting.counting import Counting
from reporting.figures import Figure, figure
from reporting.measures import Sums
from reporting.metrics import Metric, merged
from reporting.steps import Slot
from reporting.stored import by_queue, of_period

COLUMNS: tuple[Metric, ...] = (
    OFFERED, ANSWERED, ABANDONED, FLOWED_OUT, SERVICE_LEVEL, BY_SLUG["abn-rate"], SPEED_OF_ANSWER,
    HANDLE_TIME,
)  # fmt: skip


@dataclass(frozen=True)
class SlotLine:
    """An interval in figures."""

    slot: Slot
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class QueueLine:
    """A queue in figures."""

    queue_id: int
    figures: tuple[Figure, ...]


def slot_lines(of: Counting, slots: Sequence[Slot], *, queue_id: int | None = None) -> list[SlotLine]:
    """Return a line for each interval, which follow one another; in a tenant_scope."""
    if not slots:
        return []
    starts = [slot.start for slot in slots]
    parts = of_period(of, starts, end=slots[-1].end, queue_id=queue_id, spreads=False).parts
    return [SlotLine(slot, _figures(of, sums)) for slot, sums in zip(slots, parts, strict=True)]


def queue_lines(of: Counting) -> tuple[list[QueueLine], QueueLine]:
    """Return a line for each queue that had contacts, and one for all of them (0); in a tenant_scope."""
    found = by_queue(of)
    lines = [QueueLine(queue_id, _figures(of, sums)) for queue_id, sums in found.items()]
    return lines, QueueLine(0, _figures(of, merged(found.values())))


def heads() -> list[str]:
    """Return the names of the columns as a file names them: with the metric and its version."""
    return [f"{metric.name} ({metric.key})" for metric in COLUMNS]


def cells(lines: Sequence[SlotLine], zone: ZoneInfo) -> Iterator[list[str]]:
    """Yield lines of a file: both ends with their offset, percent with one decimal, whole seconds."""
    for line in lines:
        ends = [at.astimezone(zone).isoformat(timespec="minutes") for at in (line.slot.start, line.slot.end)]
        yield [*ends, *(_cell(one.metric, one.number) for one in line.figures)]


def _cell(metric: Metric, number: Fraction | None) -> str:
    if number is None:
        return ""
    return f"{float(number):.1f}" if metric.unit == "percent" else str(round(number))


def _figures(of: Counting, sums: Sums) -> tuple[Figure, ...]:
    return tuple(figure(metric, sums, counted=of.counted) for metric in COLUMNS)
