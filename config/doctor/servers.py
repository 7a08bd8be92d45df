"""PostgreSQL and Valkey: there, of the right kind, and not held up."""

from typing import Any

import psycopg
import redis
from django.conf import settings
from django.db import connection

from config.doctor.machine import is_up
from config.doctor.registry import Ill, question
from routing.link import conninfo

OLDEST_SECONDS = 60
VERSIONS = (15, 18)


def row(sql: str, *values: Any) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: tuple[Any, ...] = cursor.fetchone()
    return found


def start_it(variable: str) -> str:
    return (
        f"Look at {variable}." if is_up() else f"Start it: bin/up. With a server of your own: set {variable}."
    )


@question("postgresql")
def postgresql() -> str:
    """Asked past the pool, which would try for ten seconds and then not say why."""
    try:
        with psycopg.connect(conninfo()) as session:
            number = session.info.server_version
    except psycopg.OperationalError as error:
        raise Ill(str(error).strip().splitlines()[0], mend=start_it("DATABASE_URL")) from None
    major = number // 10000
    if not VERSIONS[0] <= major <= VERSIONS[1]:
        raise Ill(f"PostgreSQL {major}", mend="Use PostgreSQL 15 to 18.")
    return f"PostgreSQL {major}.{number % 10000}"


@question("login role", needs="postgresql")
def login() -> str:
    """The login inherits nothing and owns nothing: a forgotten scope then fails instead of reading."""
    name, superuser, inherits = row(
        "SELECT rolname, rolsuper, rolinherit FROM pg_roles WHERE rolname = session_user"
    )
    if superuser or inherits:
        why = "is a superuser" if superuser else "inherits the rights of its roles"
        raise Ill(f"{name} {why}", mend=f"As superuser: ALTER ROLE {name} NOSUPERUSER NOINHERIT CREATEROLE;")
    (owned,) = row(
        "SELECT count(*) FROM pg_class JOIN pg_roles r ON r.oid = relowner WHERE r.rolname = session_user"
        " AND relkind IN ('r', 'p') AND relpersistence <> 't'"
    )
    if owned:
        raise Ill(
            f"{name} owns {owned} tables", mend="Give them to the owner role: manage.py prepare --database"
        )
    return f"{name}: inherits nothing, owns nothing"


@question("transactions", needs="postgresql")
def transactions() -> str:
    (seconds,) = row(
        "SELECT coalesce(max(extract(epoch FROM now() - xact_start)), 0)::int FROM pg_stat_activity"
        " WHERE datname = current_database() AND backend_type = 'client backend'"
    )
    if seconds > OLDEST_SECONDS:
        mend = "SELECT pid, query FROM pg_stat_activity ORDER BY xact_start; then pg_terminate_backend(pid)."
        raise Ill(f"the oldest is {seconds} s old, readers of the log wait for it", mend=mend)
    return f"the oldest is {seconds} s old"


@question("valkey")
def valkey() -> str:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=3)
    try:
        client.ping()
        found: Any = client.config_get("maxmemory-policy")
        policy = found.get("maxmemory-policy", "noeviction")
    except redis.ConnectionError as error:
        raise Ill(str(error), mend=start_it("REDIS_URL")) from None
    except redis.ResponseError:
        return "answers"
    if policy != "noeviction":
        raise Ill(
            f"maxmemory-policy is {policy}: tasks may vanish", mend="CONFIG SET maxmemory-policy noeviction"
        )
    return "answers, evicts nothing"
