"""What a process that lives long keeps in memory, and what the collector of cycles looks at."""

import gc
import sys
from collections.abc import Iterable

YOUNG, MIDDLE, OLD = 10_000, 20, 20


def settle() -> None:
    """Take what loading made out of the collector's sight: it lives as long as the process.

    Young objects are looked at less often than Python does by itself (700): what a frame or a page makes is
    nearly all gone by its reference counts.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)


def leave_out(names: Iterable[str]) -> None:
    """Make these libraries absent to whoever looks for one in case it is there: REST framework's test client
    would load `requests` and its tables of all encodings, 5 MB in each process that shows a page.
    """
    for name in names:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
