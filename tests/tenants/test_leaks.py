"""The ten experiments of the tenancy study and the five that came after: none leaks, and each would without
its guard.
"""

import pytest

from tests.tenants.leaks import EXPERIMENTS, sabotaged
from tests.tenants.rows import World


@pytest.mark.parametrize("name", EXPERIMENTS)
def it_does_not_leak(name: str, world: World) -> None:
    experiment, _ = EXPERIMENTS[name]
    assert experiment(world) == 0


@pytest.mark.parametrize("name", EXPERIMENTS)
def it_would_leak_without_the_guard(name: str, world: World) -> None:
    experiment, sabotage = EXPERIMENTS[name]
    with sabotaged(sabotage):
        assert experiment(world) > 0
