"""Start, recognise and end processes, so that none outlives the supervisor."""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from config.launch.privileges import Account

LINUX = sys.platform.startswith("linux")
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if LINUX else None

Process = subprocess.Popen[bytes]


@dataclass(frozen=True)
class Record:
    """A process group that was started; `started` tells it from a later process with the same number."""

    name: str
    pid: int
    started: str


def start(
    argv: list[str],
    *,
    env: dict[str, str],
    log: Path,
    account: Account | None = None,
    cwd: Path | str = "/",
    death: signal.Signals = signal.SIGKILL,
) -> Process:
    """Start in a session of its own, output appended to `log`; `death` is what it gets when we die."""
    with open_log(log) as output:
        return subprocess.Popen(
            argv,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(death),
            **(account.popen() if account else {}),
        )


@contextlib.contextmanager
def open_log(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def die_with_parent(number: int = signal.SIGKILL) -> Callable[[], None]:
    """Return what a child runs before its program, so that the kernel ends it when we are gone."""
    parent = os.getpid()
    return lambda: die_with(number, parent=parent)


def die_with(number: int, *, parent: int) -> None:
    """Ask the kernel to signal us when our parent ends (Linux; elsewhere the next start sweeps)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


def started_at(pid: int) -> str | None:
    """Return the start time as the system words it, None when there is no such process."""
    if LINUX:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else fields[19]
    answer = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or None


def record(name: str, process: Process) -> Record:
    return Record(name=name, pid=process.pid, started=started_at(process.pid) or "")


def write_records(path: Path, records: Iterable[Record]) -> None:
    rough = path.with_suffix(".part")
    rough.write_text(json.dumps([asdict(entry) for entry in records]))
    rough.replace(path)


def read_records(path: Path) -> list[Record]:
    try:
        return [Record(**entry) for entry in json.loads(path.read_text())]
    except (OSError, ValueError, TypeError):
        return []


def sweep(path: Path, *, mark: str, patience: float = 5) -> list[str]:
    """End what an earlier supervisor left behind; returns the names.

    `mark` is a line of the environment that all our processes carry: it proves that the members of a group
    whose leader is gone are ours.
    """
    left = [entry for entry in read_records(path) if _is_ours(entry, mark)]
    for entry in left:
        signal_group(entry.pid, signal.SIGINT if entry.name == "postgres" else signal.SIGTERM)
    wait_until(lambda: not any(_is_ours(entry, mark) for entry in left), patience)
    for entry in left:
        if _is_ours(entry, mark):
            signal_group(entry.pid, signal.SIGKILL)
    wait_until(lambda: not any(_is_ours(entry, mark) for entry in left), 2)
    path.unlink(missing_ok=True)
    return [entry.name for entry in left]


def members(group: int) -> list[int]:
    """Return the processes of a group (Linux; elsewhere the leader alone)."""
    if not LINUX:
        return [group] if started_at(group) else []
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if fields[2] == str(group) and fields[0] not in "ZX":
                    found.append(int(entry.name))
    return found


def signal_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _is_ours(entry: Record, mark: str) -> bool:
    started = started_at(entry.pid)
    if started is not None:
        return started == entry.started
    return any(_carries(pid, mark) for pid in members(entry.pid))


def _carries(pid: int, mark: str) -> bool:
    try:
        return mark.encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False
