"""What this room pushes: ids, kinds and numbers to the agent who has it and to its visitor, on commit."""

from typing import Any
from uuid import UUID

from core import live


def visitor_group(brand_id: int, ref: UUID) -> str:
    return live.group("visitor", brand_id, ref.hex)


def agent_group(agent_id: int) -> str:
    return live.group("agent", agent_id)


def visitors_group(brand_id: int) -> str:
    """Every visitor's socket of the brand."""
    return live.group("visitors", brand_id)


def announce_hours_changed(brand_id: int) -> None:
    """Tell every visitor's socket of the brand that it may be open or closed otherwise now."""
    live.publish(visitors_group(brand_id), {"kind": "hours"})


def announce_message(
    *, brand_id: int, ref: UUID, agent_id: int | None, seq: int, public: bool = True
) -> None:
    """Tell the agent's tabs, and the visitor unless it is a note, that the stream has a new number."""
    pushes: list[tuple[str, dict[str, Any]]] = []
    if agent_id:
        stream = f"c.{ref}"
        payload = {"kind": "message", "stream": stream, "seq": seq, "brand": brand_id, "ref": str(ref)}
        pushes.append((agent_group(agent_id), payload))
    if public:
        pushes.append((visitor_group(brand_id, ref), {"kind": "message", "seq": seq}))
    live.publish_all(pushes)


def announce_hold(*, brand_id: int, ref: UUID, agent_id: int | None) -> None:
    """Tell the agent's tabs that their customer has been on hold for too long."""
    if agent_id:
        live.publish(agent_group(agent_id), {"kind": "hold", "brand": brand_id, "ref": str(ref)})


def announce_state(*, brand_id: int, ref: UUID, agent_id: int | None, state: str) -> None:
    """Tell both sides that the interaction is in another state now."""
    pushes: list[tuple[str, dict[str, Any]]] = []
    if agent_id:
        told = {"kind": "state", "brand": brand_id, "ref": str(ref), "state": state}
        pushes.append((agent_group(agent_id), told))
    live.publish_all([*pushes, (visitor_group(brand_id, ref), {"kind": "state", "state": state})])
