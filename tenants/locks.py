"""Who does something alone: advisory locks of a brand, or of the provider, each by a number of its own.

A program waits for who is alone as long as a statement may take. What somebody waits for on a page has words:
it is refused with them after a few seconds.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InternalError, OperationalError, connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from psycopg import errors

from core.errors import RoomError
from tenants.binding import current_brand

PROVIDER = 0
"""Instead of a brand's id."""
PATIENCE = "5s"
"""How long somebody waits on a page for who is alone."""
BEFORE = "(SELECT current_setting('lock_timeout') AS said OFFSET 0) AS before"
"""Read before it is set: the columns of the statement around it are computed from left to right."""


TIMED_OUT = (errors.QueryCanceled, errors.IdleInTransactionSessionTimeout)


class Busy(RoomError):
    """Somebody else is alone for longer than anybody waits; nothing changed."""

    code = "busy"


class TookLong(RoomError):
    """The database gave it up; nothing changed."""

    status = 503
    code = "took_long"


def alone(number: int) -> None:
    """Be the only one in the bound brand, or with the provider, until the transaction ends; waits."""
    _locked("pg_advisory_xact_lock(%s, %s) IS NOT NULL", number)


def alone_soon(number: int, words: str | Promise) -> None:
    """The same for who waits on a page. Raises Busy with the words; the transaction is over then."""
    _patiently("pg_advisory_xact_lock(%s, %s) IS NOT NULL", number, words)


def alone_of_all(number: int) -> bool:
    """Tell whether this is the only transaction in the bound brand, and of those that ask so in any brand."""
    way = "pg_try_advisory_xact_lock(%s, %s)"
    return _locked(way, number, PROVIDER) and _locked(way, number)


@contextmanager
def alone_in_snapshot(number: int, words: str | Promise) -> Iterator[None]:
    """Be alone for one transaction, which sees all that the others did and nothing that comes later.

    A snapshot is taken by the first statement, also by one that then waits: so the session has the lock
    before the transaction begins. Inside of an open transaction it is that one's lock and sight.
    Raises Busy with the words; TookLong.
    """
    if connection.in_atomic_block:
        with transaction.atomic(), _in_time():
            alone_soon(number, words)
            yield
        return
    _patiently("pg_advisory_lock(%s, %s) IS NOT NULL", number, words)
    try:
        with snapshot():
            yield
    finally:
        _locked("pg_advisory_unlock(%s, %s)", number)


@contextmanager
def snapshot() -> Iterator[None]:
    """Open a transaction whose every statement sees the database as it was at the first one.

    Inside of an open transaction it is what that one sees. Raises TookLong.
    """
    if connection.in_atomic_block:
        with _in_time():
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # puts the scope in force: nothing may stand before the level
    with _in_time(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        take_time()  # a month of a large client is folded between two looks
        yield


def take_time() -> None:
    """Let the transaction compute for minutes between two statements; others are ended after seconds."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '5min'")


@contextmanager
def _in_time() -> Iterator[None]:
    """Say in words that a statement, or the time between two, was too long."""
    try:
        yield
    except (OperationalError, InternalError) as error:
        if isinstance(error.__cause__, TIMED_OUT):
            raise TookLong(_("This took too long and was given up. Nothing has changed.")) from error
        raise


def _patiently(way: str, number: int, words: str | Promise) -> None:
    """Wait no longer than anybody does. In one statement, so that it holds for nothing else."""
    around = f"set_config('lock_timeout', '{PATIENCE}', true), {way}, set_config('lock_timeout', said, true)"
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {around} FROM {BEFORE}", [number, current_brand() or PROVIDER])  # noqa: S608 - fixed names
    except OperationalError as error:
        if isinstance(error.__cause__, errors.LockNotAvailable):
            raise Busy(words) from error
        raise


def _locked(way: str, number: int, brand: int | None = None) -> bool:
    place = (current_brand() or PROVIDER) if brand is None else brand
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {way}", [number, place])  # noqa: S608 - fixed names
        return bool(cursor.fetchone()[0])
