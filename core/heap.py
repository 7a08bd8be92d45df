"""What the collector of cycles looks at in a process that lives long."""

import gc

YOUNG, MIDDLE, OLD = 10_000, 20, 20


def settle() -> None:
    """Take what loading made out of the collector's sight: it lives as long as the process.

    Young objects are looked at less often than Python does by itself (700): what a frame or a page makes is
    nearly all gone by its reference counts.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
