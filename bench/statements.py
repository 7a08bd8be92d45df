"""Counts what a piece of work sends to PostgreSQL, from the server's own log of statements.

Three kinds: questions and changes (SELECT, INSERT, UPDATE, DELETE, with or without WITH), scope switches (the
one statement that puts role, search_path and brand in force), transaction control.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

LINE = re.compile(r"^\S+ \S+ \S+ \[\d+\] (\S*) +LOG:  (?:statement|execute [^:]*): (.*)$")
DATA = {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}
CONTROL = {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"}
SCOPE = "SELECT set_config('role'"
SETTLE_SECONDS = 0.3


@dataclass
class Tally:
    """How many statements of each kind, and how often which words began one."""

    data: int = 0
    scope: int = 0
    control: int = 0
    other: int = 0
    words: Counter[str] = field(default_factory=Counter)

    def take(self, statement: str) -> None:
        word = statement.split(maxsplit=1)[0].upper().rstrip(";") if statement.strip() else ""
        if statement.startswith(SCOPE):
            self.scope += 1
        elif word in DATA:
            self.data += 1
            self.words[" ".join(statement.split()[:60])] += 1
        elif word in CONTROL:
            self.control += 1
        else:
            self.other += 1


@contextmanager
def logged(boss_url: str, log: Path) -> Iterator[Tally]:
    """Have the server write down every statement meanwhile; the tally is full when the block has ended."""
    tally = Tally()
    with psycopg.connect(boss_url, autocommit=True) as boss:
        _log_all(boss, on=True)
        begin = log.stat().st_size
        try:
            yield tally
        finally:
            time.sleep(SETTLE_SECONDS)
            end = log.stat().st_size
            _log_all(boss, on=False)
    with log.open("rb") as file:
        file.seek(begin)
        text = file.read(end - begin).decode("utf-8", "replace")
    for user, statement in statements(text):
        if user != "postgres":
            tally.take(statement)


def statements(text: str) -> Iterator[tuple[str, str]]:
    """Return (user, statement) of each line of a log that holds one, later lines of a long one joined."""
    user, parts = "", list[str]()
    for line in text.splitlines():
        if line.startswith("\t"):
            parts.append(line.strip())
            continue
        if parts:
            yield user, " ".join(parts)
        found = LINE.match(line)
        user, parts = (found.group(1), [found.group(2)]) if found else ("", [])
    if parts:
        yield user, " ".join(parts)


def _log_all(boss: "psycopg.Connection[object]", *, on: bool) -> None:
    boss.execute("ALTER SYSTEM SET log_statement = 'all'" if on else "ALTER SYSTEM RESET log_statement")
    boss.execute("SELECT pg_reload_conf()")
    time.sleep(SETTLE_SECONDS)
