"""A hub: one frame for many sockets of this process, encoded once, sent in one loop.

For broadcasts with many readers. A reader says how many frames it has taken; who owes more than WINDOW is
sent nothing until it does, and then only the newest of each topic: what waits for a slow page never grows.
Nothing here knows what a frame says.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

WINDOW = 8
AT_ONCE = 50  # then others of the loop have their turn

Send = Callable[[str], Awaitable[None]]


class Reader:
    """A socket that listens. `owed`: frames sent and not said to be taken; `late`: topics it missed."""

    __slots__ = ("late", "owed", "send", "topics")

    def __init__(self, send: Send) -> None:
        self.send = send
        self.owed = 0
        self.late: set[str] = set()
        self.topics: set[str] = set()


class Hub:
    """Topics with who reads them, and the newest frame of each."""

    def __init__(self) -> None:
        self.readers: dict[str, set[Reader]] = {}
        self.newest: dict[str, str] = {}

    def join(self, reader: Reader, topics: Iterable[str]) -> None:
        """Let the reader have these topics from now on."""
        for topic in topics:
            reader.topics.add(topic)
            self.readers.setdefault(topic, set()).add(reader)

    def leave(self, reader: Reader, topics: Iterable[str] | None = None) -> None:
        """Let the reader have these topics no more; without them, none. Nobody's frame is not kept."""
        for topic in list(reader.topics if topics is None else topics):
            reader.topics.discard(topic)
            reader.late.discard(topic)
            rest = self.readers.get(topic, set())
            rest.discard(reader)
            if not rest:
                self.readers.pop(topic, None)
                self.newest.pop(topic, None)

    async def push(self, topic: str, frame: str) -> None:
        """Send the frame to all who read the topic, and keep it for who comes or catches up."""
        if topic not in self.readers:
            return
        self.newest[topic] = frame
        for n, reader in enumerate(list(self.readers[topic]), 1):
            if topic in reader.topics:
                await _give(reader, topic, frame)
            if n % AT_ONCE == 0:
                await asyncio.sleep(0)

    async def show(self, reader: Reader) -> None:
        """Send the newest of each topic that there is one of."""
        for topic in sorted(reader.topics):
            if frame := self.newest.get(topic):
                await _give(reader, topic, frame)

    async def taken(self, reader: Reader, count: int) -> None:
        """The reader has taken so many frames: send what it missed, the newest only."""
        reader.owed = max(0, reader.owed - max(0, count))
        late, reader.late = reader.late, set()
        for topic in sorted(late):
            if frame := self.newest.get(topic):
                await _give(reader, topic, frame)


async def _give(reader: Reader, topic: str, frame: str) -> None:
    if reader.owed >= WINDOW:
        reader.late.add(topic)
        return
    reader.owed += 1
    await reader.send(frame)
