"""Who plants history gives way: a person never waits for a planted day to end."""

from django.db import connection

from tenants.scope import labour_scope

IS_WAITED_FOR = """
SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))
"""


class GaveWay(Exception):
    """Somebody waits for a row that the transaction at hand has locked."""


def is_waited_for() -> bool:
    """Tell whether another session waits for this one."""
    with labour_scope(), connection.cursor() as cursor:
        cursor.execute(IS_WAITED_FOR)
        return bool(cursor.fetchone()[0])


def give_way() -> None:
    """Raise GaveWay when somebody waits for us, for the transaction to be undone and begun anew."""
    if is_waited_for():
        raise GaveWay
