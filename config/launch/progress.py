"""What the terminal shows: numbered steps with their time, and never a stack trace for a closed pipe."""

import contextlib
import sys
import time
from collections.abc import Iterator


def say(text: str = "", *, end: str = "\n") -> None:
    """Print, whatever the terminal can show; a reader that went away is no reason to stop."""
    encoding = sys.stdout.encoding or "ascii"
    shown = text.encode(encoding, "replace").decode(encoding)
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(shown + end)
        sys.stdout.flush()


def complain(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def dots() -> str:
    return "…" if (sys.stdout.encoding or "").lower().startswith("utf") else "..."


class Steps:
    """Numbered steps: `[3/7] Preparing the database … 1.2 s`."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.number = 0

    @contextlib.contextmanager
    def step(self, text: str, *, lines: bool = False) -> Iterator[None]:
        """Show the text, then the seconds it took; `lines` when the step prints lines of its own between."""
        self.number += 1
        head = f"[{self.number}/{self.total}] {text} {dots()}"
        say(head, end="\n" if lines else " ")
        began = time.monotonic()
        try:
            yield
        except BaseException:
            say("" if lines else "failed")
            raise
        seconds = f"{time.monotonic() - began:.1f} s"
        say(f"      {seconds}" if lines else seconds)


@contextlib.contextmanager
def timed(text: str) -> Iterator[None]:
    """Show the text at once and the seconds when it is done."""
    say(f"{text} {dots()}", end=" ")
    began = time.monotonic()
    yield
    say(f"{time.monotonic() - began:.1f} s")
