"""What an operation costs besides time: CPU seconds of the servers, statements to PostgreSQL."""

import asyncio
import time
from collections.abc import Sequence

from bench import machine, statements
from bench.harness import Block
from bench.rig import Rig


class Cost:
    """Adds up the CPU seconds that some servers spend during blocks; begins at 0 when cleared."""

    def __init__(self, rig: Rig, names: Sequence[str]) -> None:
        self.rig, self.names = rig, names
        self.seconds = dict.fromkeys(names, 0.0)

    def clear(self) -> None:
        self.seconds = dict.fromkeys(self.names, 0.0)

    def of(self, block: Block) -> Block:
        """Return the block, its cost noted each time it runs."""

        async def measured() -> Sequence[float]:
            before = self._now()
            samples = await block()
            for name, seconds in self._now().items():
                self.seconds[name] += seconds - before[name]
            return samples

        return measured

    def each(self, times: int) -> str:
        """Say how many CPU milliseconds each server spent on one of `times` operations."""
        return ", ".join(f"{name} {1000 * seconds / times:.2f}" for name, seconds in self.seconds.items())

    def _now(self) -> dict[str, float]:
        return {name: machine.cpu_seconds(self.rig.servers(name)) for name in self.names}


async def counted(rig: Rig, block: Block) -> tuple[statements.Tally, float]:
    """Run the block with every statement logged; returns the tally and how many seconds it took."""
    with statements.logged(rig.boss_url, rig.statement_log) as tally:
        before = time.perf_counter()
        await block()
        await asyncio.sleep(0.3)
        return tally, time.perf_counter() - before
