"""`var/run/env`: the addresses and secrets of this machine, made once, read by config.env.load."""

import os
import secrets
from pathlib import Path
from urllib.parse import quote

from config.launch.layout import Layout
from config.launch.privileges import Account

DATABASE = "trunkline"
LOGIN = "trunkline"
ROUTER = "trunkline_router"
HEAD = "# Written by `manage.py up`. What the environment says already wins over these lines."


def read(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def write(path: Path, values: dict[str, str], account: Account | None) -> None:
    """Replace the file at once, readable by its owner alone."""
    rough = path.with_suffix(".part")
    rough.unlink(missing_ok=True)
    descriptor = os.open(rough, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join([HEAD, *(f"{name}={value}" for name, value in values.items()), ""]))
        if account:
            os.fchown(descriptor, account.uid, account.gid)
    rough.replace(path)


def compose(layout: Layout, *, port: int, base_host: str, demo: bool) -> dict[str, str]:
    """Return the lines of the file: secrets kept from the last time, addresses of the servers we embed.

    `demo` has the pages show the demo world's sign-ins.
    """
    old = read(layout.env)
    values = {
        "SECRET_KEY": old.get("SECRET_KEY") or secrets.token_urlsafe(50),
        "FIELD_KEYS": old.get("FIELD_KEYS") or secrets.token_urlsafe(32),
        "LOGIN_PASSWORD": old.get("LOGIN_PASSWORD") or secrets.token_urlsafe(24),
        "ROUTER_PASSWORD": old.get("ROUTER_PASSWORD") or secrets.token_urlsafe(24),
        "PORT": str(port),
        "LIVE_PORT": str(port + 1),
        "BASE_HOST": base_host,
        "TRUNKLINE_DATA": str(layout.data),
    }
    if embeds_postgres():
        values["DATABASE_URL"] = socket_url(LOGIN, values["LOGIN_PASSWORD"], layout.sockets)
        values["ROUTER_DATABASE_URL"] = socket_url(ROUTER, values["ROUTER_PASSWORD"], layout.sockets)
    if demo:
        values["DEMO"] = "1"
    if embeds_valkey():
        values["REDIS_URL"] = f"unix://{layout.sockets}/valkey.sock?db=0"
    return values


def socket_url(user: str, password: str, sockets: Path, database: str = DATABASE) -> str:
    return f"postgresql://{user}:{quote(password, safe='')}@/{database}?host={quote(str(sockets))}"


def wants_demo(asked: bool | None) -> bool:
    """Tell whether to plant the demo world; unasked, only into the database that is ours.

    Its passwords are public: nobody's own database gets them by accident.
    """
    return embeds_postgres() if asked is None else asked


def embeds_postgres() -> bool:
    return not database_address()


def database_address() -> str:
    """Return what the environment says of the database; "" for the embedded one."""
    return os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE") or ""


def embeds_valkey() -> bool:
    return not (os.environ.get("REDIS_URL") or os.environ.get("REDIS_URL_FILE"))


def for_child(layout: Layout, values: dict[str, str]) -> dict[str, str]:
    """Return the whole environment of our Python processes."""
    own = {
        "TRUNKLINE_VAR": str(layout.var),
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings.dev"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "MALLOC_ARENA_MAX": "2",  # threads that share arenas keep less memory
        "PYTHONNODEBUGRANGES": "1",  # a traceback names the line, not the columns: 0.7 MB a process
    }
    return {**values, **os.environ, **own, "PORT": values["PORT"], "LIVE_PORT": values["LIVE_PORT"]}


def for_server(layout: Layout) -> dict[str, str]:
    """Return the bare environment of PostgreSQL and Valkey: none of our secrets."""
    return {
        "TRUNKLINE_VAR": str(layout.var),
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        "TZ": "UTC",
    }
