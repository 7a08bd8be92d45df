"""Where everything lies: the var directory, the data that a service account must reach, the sockets."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from config.launch.errors import CannotRun
from config.launch.privileges import Account, can

PROJECT = Path(__file__).resolve().parent.parent.parent
SOCKET_LIMIT = 100  # sun_path holds 104 bytes on macOS, 108 on Linux
LONGEST_SOCKET = "/.s.PGSQL.5432"


@dataclass(frozen=True)
class Layout:
    """`var` is what the person named; `data` is `var`, unless the service account cannot reach it there."""

    var: Path
    data: Path
    sockets: Path

    @property
    def lock(self) -> Path:
        return self.var / "lock"

    @property
    def run(self) -> Path:
        return self.var / "run"

    @property
    def log(self) -> Path:
        return self.var / "log"

    @property
    def env(self) -> Path:
        return self.run / "env"

    @property
    def static(self) -> Path:
        return self.var / "static"

    @property
    def state(self) -> Path:
        return self.var / "state"

    @property
    def up(self) -> Path:
        return self.state / "up.json"

    @property
    def pids(self) -> Path:
        return self.state / "pids.json"

    @property
    def prepared(self) -> Path:
        return self.state / "prepared.json"

    @property
    def signins(self) -> Path:
        return self.run / "signins.json"


def at(var: Path) -> Layout:
    """Name the places below `var` without making or checking any."""
    var = var.resolve()
    return Layout(var=var, data=var, sockets=var / "sock")


def make(var: Path, servers: Account | None, python: Account | None) -> Layout:
    """Make the directories: private where there is data, and owned by the account that writes there.

    `state` and `log` stay the supervisor's own: it writes there by name, maybe as root, so nobody else may
    plant a link there.
    """
    var = var.resolve()
    own(var, None, 0o755)
    data = _data_root(var, servers)
    layout = Layout(var=var, data=data, sockets=_socket_directory(data, servers))
    for folder in (layout.state, layout.log):
        own(folder, None, 0o700)
    own(layout.run, python, 0o700)
    hand_over(layout.run, python)
    own(layout.static, python, 0o755)
    return layout


def own(folder: Path, account: Account | None, mode: int) -> Path:
    """Make the directory if missing, with this mode, and give it to the account when we are root."""
    if not folder.is_dir():
        folder.mkdir(parents=True)
        folder.chmod(mode)
    if account is not None and folder.stat().st_uid != account.uid:
        os.chown(folder, account.uid, account.gid)
    return folder


def hand_over(folder: Path, account: Account | None) -> None:
    """Give the files to the account: an earlier start may have run as another one."""
    if account is not None:
        for path in folder.iterdir():
            os.chown(path, account.uid, account.gid, follow_symlinks=False)


def digest(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:10]


def _data_root(var: Path, account: Account | None) -> Path:
    if account is None or can(account, "-x", var):
        return var
    return own(Path("/var/lib") / f"trunkline-{digest(var)}", None, 0o755)


def _socket_directory(data: Path, account: Account | None) -> Path:
    near = data / "sock"
    if len(str(near) + LONGEST_SOCKET) <= SOCKET_LIMIT:
        return own(near, account, 0o700)
    base = Path(tempfile.gettempdir())
    if len(str(base)) > 40:
        base = Path("/tmp")  # noqa: S108 - the name below is checked for its owner
    owner = account.uid if account else os.getuid()
    short = base / f"trunkline-{owner}-{digest(data)}"
    folder = own(short, account, 0o700)
    if folder.is_symlink() or folder.stat().st_uid != owner or folder.stat().st_mode & 0o077:
        raise CannotRun(f"{folder} is not ours alone. Remove it, or choose a shorter --var.")
    return folder
