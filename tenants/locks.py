"""Who does something alone: advisory locks of a brand, or of the provider, each by a number of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from tenants.binding import current_brand

PROVIDER = 0
"""Instead of a brand's id."""


def alone(number: int, *, wait: bool = True) -> bool:
    """Be the only one in the bound brand, or with the provider, until the transaction ends.

    Waits for who is; without `wait` tells whether it is.
    """
    way = "pg_advisory_xact_lock(%s, %s) IS NOT NULL" if wait else "pg_try_advisory_xact_lock(%s, %s)"
    return _locked(way, number)


def alone_of_all(number: int) -> bool:
    """Tell whether this is the only transaction in the bound brand, and of those that ask so in any brand."""
    way = "pg_try_advisory_xact_lock(%s, %s)"
    return _locked(way, number, PROVIDER) and _locked(way, number)


@contextmanager
def alone_in_snapshot(number: int) -> Iterator[None]:
    """Be alone for one transaction, which sees all that the others did and nothing that comes later.

    A snapshot is taken by the first statement, also by one that then waits: so the session has the lock
    before the transaction begins. Inside of an open transaction it is that one's lock and sight.
    """
    if connection.in_atomic_block:
        alone(number)
        with transaction.atomic():
            yield
        return
    try:
        _locked("pg_advisory_lock(%s, %s) IS NOT NULL", number)
        with snapshot():
            yield
    finally:
        _locked("pg_advisory_unlock(%s, %s)", number)


@contextmanager
def snapshot() -> Iterator[None]:
    """Open a transaction whose every statement sees the database as it was at the first one.

    Inside of an open transaction it is what that one sees.
    """
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # puts the scope in force: nothing may stand before the level
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        take_time()  # a month of a large client is folded between two looks
        yield


def take_time() -> None:
    """Let the transaction compute for minutes between two statements; others are ended after seconds."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '5min'")


def _locked(way: str, number: int, brand: int | None = None) -> bool:
    place = (current_brand() or PROVIDER) if brand is None else brand
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {way}", [number, place])  # noqa: S608 - fixed names
        return bool(cursor.fetchone()[0])
