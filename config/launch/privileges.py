"""Root starts things, an account without rights runs them."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ACCOUNTS = ("nobody", "postgres")  # nobody first: a machine's own PostgreSQL trusts postgres


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int

    def popen(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def service_account(var: Path) -> Account | None:
    """Return who shall run the servers: the owner of the data, else nobody; None when we are not root."""
    if os.getuid() != 0:
        return None
    return _owner(var / "postgres" / "data") or _first_known()


def can(account: Account, flag: str, path: Path) -> bool:
    """Ask the system, as that account, what `test FLAG PATH` says."""
    return succeeds(account, ["/bin/sh", "-c", 'test "$1" "$2"', "sh", flag, str(path)])


def succeeds(account: Account, argv: list[str], *, cwd: str = "/") -> bool:
    try:
        done = subprocess.run(
            argv, cwd=cwd, check=False, stdin=subprocess.DEVNULL, capture_output=True, **account.popen()
        )
    except OSError:
        return False
    return done.returncode == 0


def _owner(data: Path) -> Account | None:
    try:
        uid = data.stat().st_uid
    except OSError:
        return None
    return _account(pwd.getpwuid(uid)) if uid else None


def _first_known() -> Account | None:
    for name in (os.environ.get("TRUNKLINE_USER", ""), *ACCOUNTS):
        try:
            return _account(pwd.getpwnam(name))
        except KeyError:
            continue
    return None


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)
