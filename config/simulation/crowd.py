"""Many customers at a rate, and on request the agents who answer them."""

import asyncio
import contextlib
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from config.simulation.agent import AgentBot, Talk
from config.simulation.customer import Customer, widget_key
from config.simulation.wire import LOST, Stack
from config.worlds.talk import TALKS

ANSWER_SECONDS = 90
WRAP_UP_SECONDS = 20
REPLIES = ("Of course, let me look.", "Thank you for waiting.", "Done. Anything else?", "Have a good day!")


@dataclass
class Tally:
    """Everybody who took part; kept whole, so that a test can compare it with the rows."""

    people: list[Customer] = field(default_factory=list)
    bots: list[AgentBot] = field(default_factory=list)

    @property
    def customers(self) -> int:
        return len(self.people)

    @property
    def sent(self) -> int:
        return sum(len(person.sent) for person in self.people)

    @property
    def acked(self) -> int:
        return sum(len(person.acked) for person in self.people)

    @property
    def answered(self) -> int:
        return sum(1 for person in self.people if person.replies())

    @property
    def ended(self) -> int:
        return sum(1 for person in self.people if person.ended)

    def record(self) -> dict[str, Any]:
        """Ids: {"customers": [{brand, sent, acked, shown}], "agents": [{email, sent, acked, seen}]}."""
        return {
            "customers": [
                {
                    "brand": person.slug,
                    "sent": sorted(person.sent),
                    "acked": sorted(person.acked),
                    "shown": [message.get("client_id") for _seq, message in sorted(person.shown.items())],
                }
                for person in self.people
            ],
            "agents": [
                {
                    "email": bot.email,
                    "sent": sorted(bot.sent),
                    "acked": sorted(bot.acked),
                    "seen": sorted(bot.seen_at),
                }
                for bot in self.bots
            ],
        }


@dataclass(frozen=True)
class Sandbox:
    """A brand to practise in: the key of its test entrance, and what its customers say."""

    key: str
    scripts: Sequence[Sequence[str]]


@dataclass
class Crowd:
    """Customers arrive as a Poisson process of `rate` a minute and follow the scripts of their brand."""

    stack: Stack
    slugs: Sequence[str]
    rate: float
    seed: int
    say: Callable[[str], None]
    pace: float = 1.0
    sandboxes: Mapping[str, "Sandbox"] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)

    async def run(self, *, minutes: float, agents: Sequence[Mapping[str, Any]] = ()) -> Tally:
        """Send customers for so long, let the conversations end, return everybody."""
        rng = random.Random(self.seed)  # noqa: S311 - a simulation
        keys = {slug: await self._key(slug) for slug in self.slugs}
        desks = [await self._open_desk(person) for person in agents]
        end = asyncio.get_running_loop().time() + minutes * 60
        visits: list[asyncio.Task[None]] = []
        while asyncio.get_running_loop().time() < end:
            slug = rng.choice(list(keys))
            visits.append(asyncio.create_task(self._visit(slug, keys[slug], random.Random(rng.random()))))  # noqa: S311
            await asyncio.sleep(rng.expovariate(self.rate / 60))
        await asyncio.gather(*visits)
        await self._wrapped_up()
        for desk in desks:
            desk.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await desk
        return self.tally

    async def _visit(self, slug: str, key: str, rng: random.Random) -> None:
        """Write the first line, wait for a person, talk, end. Leaves when nobody comes."""
        lines = self._lines(slug, rng)
        person = Customer(self.stack, slug, key)
        self.tally.people.append(person)
        await person.open()
        await person.say(lines[0])
        self.say(f"{slug}: {lines[0]}")
        for turn, line in enumerate(lines[1:], start=1):
            if not await person.until(
                lambda turn=turn: len(person.replies()) >= turn, seconds=ANSWER_SECONDS
            ):
                break
            await asyncio.sleep(rng.uniform(1, 4) * self.pace)
            await person.say(line)
        await person.until(person.all_acked, seconds=60)
        await asyncio.sleep(rng.uniform(1, 3) * self.pace)
        await person.end()
        await person.until(lambda: person.ended, seconds=15)
        await person.leave()

    async def _key(self, slug: str) -> str:
        return self.sandboxes[slug].key if slug in self.sandboxes else await widget_key(self.stack, slug)

    def _lines(self, slug: str, rng: random.Random) -> Sequence[str]:
        if slug in self.sandboxes:
            return rng.choice(self.sandboxes[slug].scripts)
        return [line for line in rng.choice(TALKS[slug])[2] if not line.startswith(">")]

    async def _open_desk(self, person: Mapping[str, Any]) -> "asyncio.Task[None]":
        bot = AgentBot(self.stack, person["email"], person["password"])
        self.tally.bots.append(bot)
        await bot.sign_in()
        await bot.go_available()
        return asyncio.create_task(self._serve(bot))

    async def _serve(self, bot: AgentBot) -> None:
        """Answer every open conversation that has something new, wrap up what has ended."""
        try:
            while True:
                for talk in list(bot.conversations.values()):
                    with contextlib.suppress(*LOST):
                        await self._attend(bot, talk)
                await asyncio.sleep(0.5 * self.pace)
        finally:
            await bot.leave()

    async def _attend(self, bot: AgentBot, talk: Talk) -> None:
        """Answer once what was asked: what the server did not take is sent again under the same id."""
        if talk.ended:
            await bot.wrap_up(talk.ref)
        elif talk.answered < talk.asked:
            await asyncio.sleep(0.3 * self.pace)
            once = uuid5(UUID(talk.ref), str(talk.asked))
            await bot.reply(talk, REPLIES[talk.asked % len(REPLIES)], client_id=str(once))

    async def _wrapped_up(self) -> None:
        """Give the agents time to finish."""
        for bot in self.tally.bots:
            await bot.until(lambda bot=bot: not bot.conversations, seconds=WRAP_UP_SECONDS)  # type: ignore[misc]
