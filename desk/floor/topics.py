"""Which frames of the floor somebody may have.

A topic is a set of rights: whoever may have one frame of it may have all.
`agents.all`, `agents.b<brand>`, `agents.t<team>`; `queues.all`, `queues.b<brand>`.
"""

from accounts.actor import Actor
from accounts.permissions import Permission
from workforce.supervision import reach_of

AGENTS, QUEUES = "agents", "queues"
PARTS = (AGENTS, QUEUES)
"""What a page of the floor shows."""


def topics_of(actor: Actor, part: str) -> frozenset[str]:
    """Return the topics of the part that the actor may have, as few as will do; none for a stranger."""
    if part == AGENTS:
        reach = reach_of(actor)
        named = [f"b{brand}" for brand in reach.brands] + [f"t{team}" for team in reach.teams]
        return frozenset(f"{AGENTS}.{one}" for one in (["all"] if reach.everybody else named))
    brands = actor.brands_with(Permission.FLOOR)
    named = ["all"] if brands is None else [f"b{brand}" for brand in brands]
    return frozenset(f"{QUEUES}.{one}" for one in named)
