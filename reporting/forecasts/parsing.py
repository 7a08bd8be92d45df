"""A forecast as a file: bytes in, days of queues out, or every line that is wrong. docs/reporting.md has it.

CSV as spreadsheets write it: UTF-8 or UTF-16 with its mark; commas, semicolons or tabs. Read line by line,
so a large file takes no more than what it says. Intervals are counted from the beginning of the client's day,
so a day has 92, 96 or 100 quarters of an hour.
"""

import codecs
import csv
import io
import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain
from typing import BinaryIO
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core.errors import RoomError
from core.spreadsheet import said_by
from reporting.days import Day, day_of
from reporting.forecasts.walls import Unclear, instant_of
from reporting.periods import YEARS

MOST_BYTES = 5 * 1024 * 1024
MOST_LINES = 100_000
MOST_DAYS = 5_000
"""Days of queues."""
MOST_ERRORS = 100
LONGEST_LINE = 4_000
NEEDED = ("date", "queue", "contacts")
TIMES = ("start", "hour")
COLUMNS = ("date", "start", "queue", "channel", "contacts")
QUARTER = timedelta(minutes=15)
NOTHING = -1
MOST_CONTACTS = 100_000
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
START = re.compile(r"(\d{1,2}):(\d{2})(?::00)?\s*(Z|[+-]\d{2}:?\d{2})?")
HOUR = re.compile(r"(\d{1,2})(?::00(?::00)?)?\s*(Z|[+-]\d{2}:?\d{2})?")
COUNT = re.compile(r"\d{1,6}(?:[.,]\d{1,2})?")


class FileRefused(RoomError):
    """The file as a whole cannot be read; nothing changed."""

    status = 422
    code = "file"


@dataclass(frozen=True, slots=True)
class Named:
    """A queue that a file may name; `channels` are what its channel is called."""

    id: int
    channels: frozenset[str]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a cell of a line; the names of the columns stand in line 1."""

    line: int
    column: str
    words: str


class Wrong(FileRefused):
    """Lines are wrong: the first of them, and how many in all."""

    code = "lines"

    def __init__(self, troubles: Sequence[Trouble], count: int) -> None:
        super().__init__(_("Nothing was taken: some lines cannot be used."))
        self.troubles = tuple(troubles)
        self.count = count


@dataclass(frozen=True, slots=True)
class DayOf:
    """A day of a queue: what each interval from its beginning on says, in hundredths, null for nothing."""

    day: Day
    queue_id: int
    contacts: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A whole file: intervals of so many minutes."""

    minutes: int
    lines: int
    days: tuple[DayOf, ...]

    @property
    def total(self) -> int:
        return sum(number or 0 for one in self.days for number in one.contacts)


@dataclass(slots=True)
class _Reading:
    """What was read so far."""

    zone: ZoneInfo
    queues: Mapping[str, Named | None]
    lines: int = 0
    wrong: int = 0
    troubles: list[Trouble] = field(default_factory=list)
    days: dict[date, Day] = field(default_factory=dict)
    quarters: "dict[tuple[date, int], array[int]]" = field(default_factory=dict)
    marks: set[int] = field(default_factory=set)

    def fail(self, line: int, column: str, words: str) -> None:
        self.wrong += 1
        if len(self.troubles) < MOST_ERRORS:
            self.troubles.append(Trouble(line, column, words))


def read_file(data: BinaryIO, *, queues: Mapping[str, Named | None], zone: ZoneInfo) -> Parsed:
    """Return what the file says. `queues`: by name in lower case and by ref, null for two of one name.

    Raises FileRefused; Wrong with the lines that cannot be used.
    """
    text = io.TextIOWrapper(data, encoding=_encoding(data), newline="")
    reading = _Reading(zone, queues)
    try:
        by_hour = _read(text, reading)
    except UnicodeError as error:
        words = _("The file is not in UTF-8. In your spreadsheet, save it as “CSV UTF-8”.")
        raise FileRefused(words) from error
    except csv.Error as error:
        raise FileRefused(_("The file cannot be read as CSV: a quotation mark is not closed.")) from error
    finally:
        text.detach()
    if reading.wrong:
        raise Wrong(reading.troubles, reading.wrong)
    if not reading.lines:
        raise FileRefused(_("The file has the columns' names and nothing below them."))
    return _whole(reading, 60 if by_hour else _step(reading.marks))


# ---- lines ----


def _read(text: io.TextIOWrapper, reading: _Reading) -> bool:
    """Read every line; tells whether its times are hours."""
    lines = _lines(text)
    skipped, first = next(((n, line) for n, line in enumerate(lines) if line.strip()), (0, ""))
    if not first:
        raise FileRefused(_("The file is empty."))
    separator = max((",", ";", "\t"), key=first.count)
    reader = csv.reader(chain([first], lines), delimiter=separator, strict=True)
    columns = _columns([said_by(value) for value in next(reader)])
    for row in reader:
        cells = [said_by(value) for value in row]
        if any(cells):
            reading.lines += 1
            if reading.lines > MOST_LINES:
                raise FileRefused(_("The file has more than 100,000 lines. Split it."))
            _take(reader.line_num + skipped, dict(zip(columns, cells, strict=False)), reading)
    return "hour" in columns


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(LONGEST_LINE):
        if "\x00" in line or len(line) == LONGEST_LINE:
            raise FileRefused(_("The file holds signs that are no text. Save it as CSV."))
        yield line


def _encoding(data: BinaryIO) -> str:
    mark = data.read(2)
    data.seek(0)
    return "utf-16" if mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"


def _columns(cells: Sequence[str]) -> list[str]:
    names = [" ".join(cell.lower().replace("_", " ").split()) for cell in cells]
    known = {"", *COLUMNS, *TIMES}
    for cell, name in zip(cells, names, strict=True):
        if name not in known:
            words = _("Unknown column: %(name)s. The columns are: %(columns)s.")
            raise FileRefused(words % {"name": cell[:80], "columns": ", ".join(COLUMNS)})
        if name and names.count(name) > 1:
            raise FileRefused(_("The column %(name)s is there twice.") % {"name": name})
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise FileRefused(_("The first line must name the column %(name)s.") % {"name": missing[0]})
    if len(set(TIMES) & set(names)) != 1:
        raise FileRefused(_("The first line must name the column start, or hour instead of it."))
    return names


# ---- one line ----


def _take(line: int, said: Mapping[str, str], reading: _Reading) -> None:
    day = _day(line, said.get("date", ""), reading)
    queue = _queue(line, said, reading)
    count = _count(line, said.get("contacts", ""), reading)
    at = _at(line, said, day, reading) if day else None
    if day and queue and at is not None and count is not None:
        _put(line, day, queue.id, at, count, reading)


def _day(line: int, text: str, reading: _Reading) -> Day | None:
    try:
        found = date.fromisoformat(text) if DATE.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None or not YEARS[0] <= found.year < YEARS[1]:
        reading.fail(line, "date", _("Write the date like 2026-11-18."))
        return None
    if found not in reading.days:
        reading.days[found] = day_of(found, reading.zone)
    return reading.days[found]


def _queue(line: int, said: Mapping[str, str], reading: _Reading) -> Named | None:
    name = said.get("queue", "")
    if name.casefold() not in reading.queues:
        reading.fail(line, "queue", _("There is no queue “%(name)s”.") % {"name": name[:80]})
        return None
    found = reading.queues[name.casefold()]
    if found is None:
        words = _("There are several queues “%(name)s”: write the ref of the one.")
        reading.fail(line, "queue", words % {"name": name[:80]})
        return None
    channel = said.get("channel", "")
    if channel and channel.casefold() not in found.channels:
        words = _("The queue “%(name)s” has another channel.")
        reading.fail(line, "channel", words % {"name": name[:80]})
        return None
    return found


def _count(line: int, text: str, reading: _Reading) -> int | None:
    if COUNT.fullmatch(text):
        found = int(Decimal(text.replace(",", ".")) * 100)
        if found <= MOST_CONTACTS * 100:
            return found
    reading.fail(line, "contacts", _("Write a number from 0 to 100,000, such as 12 or 12.5."))
    return None


def _at(line: int, said: Mapping[str, str], day: Day, reading: _Reading) -> datetime | None:
    column = "hour" if "hour" in said else "start"
    try:
        wall, offset = _wall(column, said[column])
        at = instant_of(day.date, wall, offset, reading.zone)
    except Unclear as error:
        reading.fail(line, column, str(error))
        return None
    if (at - day.start) % (4 * QUARTER if column == "hour" else QUARTER):
        reading.fail(line, column, _("No interval of this day begins then."))
        return None
    reading.marks.add(wall.minute)
    return at


def _wall(column: str, text: str) -> tuple[time, str]:
    """Read a time of day with its offset, if it has one. Raises Unclear."""
    found = (HOUR if column == "hour" else START).fullmatch(text)
    hour, minute = (int(found[1]), 0 if column == "hour" else int(found[2])) if found else (24, 0)
    if found is None or hour > 23 or minute > 59:
        raise Unclear(
            _("Write the hour as a number from 0 to 23.")
            if column == "hour"
            else _("Write the time like 09:15.")
        )
    return time(hour, minute), (found[2] if column == "hour" else found[3]) or ""


def _put(line: int, day: Day, queue_id: int, at: datetime, count: int, reading: _Reading) -> None:
    key = (day.date, queue_id)
    if key not in reading.quarters:
        if len(reading.quarters) >= MOST_DAYS:
            raise FileRefused(_("The file has more than 5,000 days of queues. Split it."))
        reading.quarters[key] = array("i", [NOTHING]) * -(-(day.end - day.start) // QUARTER)
    place = (at - day.start) // QUARTER
    if reading.quarters[key][place] != NOTHING:
        reading.fail(line, "contacts", _("This interval of the queue stands here twice."))
        return
    reading.quarters[key][place] = count


# ---- the whole ----


def _step(marks: set[int]) -> int:
    """Return how long the intervals are: the longest that begin at all of these minutes."""
    return 60 if marks <= {0} else 30 if marks <= {0, 30} else 15


def _whole(reading: _Reading, minutes: int) -> Parsed:
    size = minutes // 15
    days = []
    for (day, queue_id), quarters in sorted(reading.quarters.items()):
        if any(n % size and number != NOTHING for n, number in enumerate(quarters)):
            words = _("On %(day)s clocks change by less than an interval: give quarters of an hour.")
            raise FileRefused(words % {"day": day.isoformat()})
        contacts = tuple(None if number == NOTHING else number for number in quarters[::size])
        days.append(DayOf(reading.days[day], queue_id, contacts))
    return Parsed(minutes, reading.lines, tuple(days))
