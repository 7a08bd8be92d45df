"""What the machine says: CPU time and memory of processes, pressure, what it is (Linux; proc(5))."""

import os
import platform
import re
from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")
PSS = re.compile(r"^Pss:\s+(\d+) kB", re.M)
NOISY = 20.0


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return the CPU time of these processes so far, summed over their threads (schedstat, nanoseconds)."""
    total = 0
    for pid in pids:
        for task in (PROC / str(pid) / "task").glob("*/schedstat"):
            total += int(_read(task).split()[0] or 0) if _read(task) else 0
    return total / 1e9


def pss_kilobytes(pids: Iterable[int]) -> float:
    """Return the proportional set size of these processes, in units of 1,000 bytes."""
    found = (PSS.search(_read(PROC / str(pid) / "smaps_rollup")) for pid in pids)
    return sum(int(match.group(1)) * 1.024 for match in found if match)


def resident_bytes() -> int:
    """Return how much memory this process has now."""
    return int(_read(PROC / "self" / "statm").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def with_descendants(pid: int) -> list[int]:
    """Return the process and all below it."""
    children: dict[int, list[int]] = {}
    for stat in PROC.glob("[0-9]*/stat"):
        if text := _read(stat):
            children.setdefault(int(text.rpartition(")")[2].split()[1]), []).append(int(stat.parent.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def pressure() -> float:
    """Return the share of the last 10 s in which some task waited for a CPU, in percent; 0 where unknown."""
    first = _read(PROC / "pressure" / "cpu").partition("\n")[0]
    return float(first.partition("avg10=")[2].partition(" ")[0] or 0)


def stolen() -> float:
    """Return the CPU seconds that the hypervisor took so far, over all CPUs."""
    fields = _read(PROC / "stat").partition("\n")[0].split()
    return int(fields[8]) / os.sysconf("SC_CLK_TCK") if len(fields) > 8 else 0.0


def description() -> str:
    """Name the machine in one line: CPUs, memory, system, Python."""
    model = re.search(r"^model name\s*:\s*(.+)$", _read(PROC / "cpuinfo"), re.M)
    memory = re.search(r"^MemTotal:\s+(\d+) kB", _read(PROC / "meminfo"), re.M)
    cpu = model.group(1) if model else platform.machine()
    size = f"{int(memory.group(1)) / 1024**2:.0f} GB" if memory else "memory unknown"
    return (
        f"{os.cpu_count()} CPUs ({cpu}), {size}, {platform.system()} {platform.release().partition('-')[0]}, "
        f"Python {platform.python_version()}"
    )


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
