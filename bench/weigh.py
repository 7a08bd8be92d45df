"""A process like a leader's with 50,000 waiting and 5,000 agents: prints its megabytes, and its pairs."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")


def main() -> None:
    import django

    django.setup()

    import routing.router  # noqa: F401 - what the process has loaded
    from bench import machine
    from bench.matching import crowd_of
    from routing.board import Board
    from routing.loading import Entry
    from routing.shares import Shares

    items, seats, house, now = crowd_of(50_000, 5_000)
    board = Board((Entry(item) for item in items), seats, Shares(), now=now, house=house)
    made = board.assign(lambda pairs, at: [], now=now)
    assert not made
    print(round(machine.pss_kilobytes([os.getpid()]) / 1000, 1), len(board.doubted_items))


if __name__ == "__main__":
    main()
