"""The hub: each reader gets the newest, whoever is slow holds nobody up and owes no more than a window."""

from core.hub import WINDOW, Hub, Reader


def reader() -> tuple[Reader, list[str]]:
    """A page, and what was sent to it."""
    got: list[str] = []

    async def send(frame: str) -> None:
        got.append(frame)

    return Reader(send), got


class DescribeHub:
    async def it_sends_a_frame_to_who_reads_its_topic_and_to_nobody_else(self) -> None:
        hub, (one, ones), (two, twos) = Hub(), reader(), reader()
        hub.join(one, ["a", "b"])
        hub.join(two, ["b"])
        await hub.push("a", "a1")
        await hub.push("b", "b1")
        await hub.push("c", "c1")
        assert (ones, twos) == (["a1", "b1"], ["b1"])
        assert hub.newest == {"a": "a1", "b": "b1"}

    async def it_shows_the_newest_to_who_comes_later(self) -> None:
        hub, (one, _ones), (two, twos) = Hub(), reader(), reader()
        hub.join(one, ["a"])
        await hub.push("a", "a1")
        await hub.push("a", "a2")
        hub.join(two, ["a"])
        await hub.show(two)
        assert twos == ["a2"]

    async def it_sends_a_slow_page_the_newest_only(self) -> None:
        hub, (slow, slows), (quick, quicks) = Hub(), reader(), reader()
        for one in (slow, quick):
            hub.join(one, ["a"])
        for n in range(WINDOW + 20):
            await hub.push("a", f"a{n}")
            await hub.taken(quick, 1)
        assert len(quicks) == WINDOW + 20
        assert len(slows) == WINDOW
        await hub.taken(slow, WINDOW)
        assert slows[WINDOW:] == [f"a{WINDOW + 19}"]

    async def it_forgets_what_nobody_reads(self) -> None:
        hub, (one, ones) = Hub(), reader()
        hub.join(one, ["a", "b"])
        await hub.push("a", "a1")
        hub.leave(one, ["a"])
        await hub.push("a", "a2")
        assert ones == ["a1"]
        assert hub.newest == {}
        hub.leave(one)
        assert hub.readers == {}
