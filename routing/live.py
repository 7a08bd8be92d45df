"""What this room pushes, on commit: offers and work lists to an agent's tabs, "ask again" to who waits."""

from uuid import UUID

from core import live
from interactions.live import agent_group, visitor_group

FLOOR = live.group("floor")


def announce_offer(agent_id: int, *, ref: UUID, brand_id: int) -> None:
    live.publish(agent_group(agent_id), {"kind": "offer", "ref": str(ref), "brand": brand_id})


def announce_gone(agent_id: int, *, ref: UUID, state: str, reason: str = "") -> None:
    """The offer was answered or is over: every tab takes the card away.

    How it ended goes along: that is for good, so that nobody need read it again.
    """
    ended = {"ref": str(ref), "state": str(state), "reason": str(reason)}
    live.publish(agent_group(agent_id), {"kind": "offer_gone", **ended})


def announce_work(agent_id: int) -> None:
    live.publish(agent_group(agent_id), {"kind": "worklist"})


def announce_floor() -> None:
    """Agents or queues are not what they were: whoever shows a floor looks again."""
    live.publish(FLOOR, {"kind": "floor"})


def announce_place(brand_id: int, interaction_ref: UUID) -> None:
    """The line moved: the visitor's socket asks for its place again."""
    live.publish(visitor_group(brand_id, interaction_ref), {"kind": "place"})
