"""The leader's own connection: the lock that makes it one, what it listens to, its prepared statements.

Its commits do not wait for the disk: should the server crash within the moment, an offer that was lost is
made again, as its item is queued again; whoever accepted it in time waited for the disk themselves.

Direct, never through a pool or a proxy that shares connections: lock, LISTEN and prepared statements are its
session's. When it breaks, the lock is gone with it, and whoever gets it next loads everything anew.
"""

import select
from collections.abc import Mapping
from typing import Any, Self

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo
from psycopg.types.numeric import Int8Dumper

from routing.notices import CHANNEL, Notices

LOCK = 7_261_040
SETTINGS = (
    "SET jit = off",
    "SET plan_cache_mode = force_generic_plan",
    "SET synchronous_commit = off",
)


class Link:
    """One session with the database, in autocommit."""

    def __init__(self, *, pool_id: int | None) -> None:
        self.pool_id = pool_id
        self.session = psycopg.connect(conninfo(), autocommit=True, prepare_threshold=0)
        self.session.adapters.register_dumper(int, Int8Dumper)
        for setting in SETTINGS:  # one at a time: every statement is prepared
            self.session.execute(setting)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.session.close()

    def lead(self) -> bool:
        """Become the leader of the pool (None: of all), unless another one is; from then on, listen."""
        taken = self.session.execute(
            "SELECT pg_try_advisory_lock(%s::int, %s::int)", [LOCK, self.pool_id or 0]
        )
        row = taken.fetchone()
        if not (row and row[0]):
            return False
        self.session.execute(f"LISTEN {CHANNEL}")
        return True

    def run(self, statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Execute a prepared statement and fetch all."""
        return self.session.execute(statement, values, prepare=True).fetchall()

    def plan_anew(self) -> None:
        """Forget the plans that are kept, each of which suits what was there when it was made."""
        self.session.execute("DISCARD PLANS")

    def hear(self, notices: Notices) -> None:
        """Take what came in, also beside the statements; never waits."""
        for notice in self.session.notifies(timeout=0):
            notices.hear(notice.payload)

    def wait(self, seconds: float, *, or_for: int) -> None:
        """Sleep until something comes in on the session or on the file `or_for`, but no longer than that."""
        select.select([self.session.fileno(), or_for], [], [], max(seconds, 0.0))


def conninfo() -> str:
    """The address Django uses, as libpq reads it."""
    known = connection.settings_dict
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    parts = {name: str(known[key]) for name, key in names.items() if known.get(key)}
    return make_conninfo("", application_name="router", connect_timeout="5", **parts)
