"""A week as seven lines that people write: "08:30–12:00, 13:00–17:00"; an empty line is closed. Pure."""

import re
from collections.abc import Iterable, Sequence

from interactions.calendar_rules import WEEKDAYS, Errors, Row, told, week_errors

SPAN = re.compile(r"^\s*(\d{1,2})[:.](\d{2})\s*[-–—]\s*(\d{1,2})[:.](\d{2})\s*$")
DAYS = range(7)


def week_lines(week: Iterable[Sequence[int]]) -> list[str]:
    """Return the line of each day, Monday first."""
    rows = sorted(tuple(row) for row in week)
    return [
        ", ".join(f"{told(opens)}–{told(closes)}" for day, opens, closes in rows if day == n) for n in DAYS
    ]


def read_week(lines: Sequence[str], wrong: str) -> tuple[list[Row], Errors]:
    """Return the rows and what is wrong with them, by the number of the day; `wrong`: of what is no time."""
    rows: list[Row] = []
    errors: Errors = {}
    for day, line in enumerate(lines):
        for part in filter(str.strip, line.split(",")):
            found = SPAN.match(part)
            if found is None:
                errors[str(day)] = wrong
                continue
            hours, minutes, till, past = map(int, found.groups())
            rows.append((day, hours * 60 + minutes, till * 60 + past))
    for path, words in week_errors(rows).items():
        errors.setdefault(str(rows[int(path.partition(".")[2])][0]), str(words))
    return rows, errors


def day_names() -> list[str]:
    return [str(name) for name in WEEKDAYS]
