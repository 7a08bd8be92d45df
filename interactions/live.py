"""What this room pushes: ids, kinds and numbers to the agent who has it and to its visitor, on commit."""

from collections.abc import Iterable
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
    *,
    brand_id: int,
    ref: UUID,
    agent_id: int | None,
    seq: int,
    public: bool = True,
    beside: Iterable[object] = (),
) -> None:
    """Tell the tabs of the agent and of those `beside`, and the visitor unless it is a note, what is new."""
    payload = {"kind": "message", "stream": f"c.{ref}", "seq": seq, "brand": brand_id, "ref": str(ref)}
    pushes: list[tuple[str, dict[str, Any]]] = [(group, payload) for group in _groups(agent_id, beside)]
    if public:
        pushes.append((visitor_group(brand_id, ref), {"kind": "message", "seq": seq}))
    live.publish_all(pushes)


def announce_hold(*, brand_id: int, ref: UUID, agent_id: int | None) -> None:
    """Tell the agent's tabs that their customer has been on hold for too long."""
    if agent_id:
        live.publish(agent_group(agent_id), {"kind": "hold", "brand": brand_id, "ref": str(ref)})


def announce_state(
    *, brand_id: int, ref: UUID, agent_id: int | None, state: str, beside: Iterable[object] = ()
) -> None:
    """Tell all sides that the interaction is in another state now."""
    told = {"kind": "state", "brand": brand_id, "ref": str(ref), "state": state}
    pushes: list[tuple[str, dict[str, Any]]] = [(group, told) for group in _groups(agent_id, beside)]
    live.publish_all([*pushes, (visitor_group(brand_id, ref), {"kind": "state", "state": state})])


def announce_places(*, brand_id: int, ref: UUID, state: str, agents: Iterable[int | None]) -> None:
    """Tell these agents, and no customer, that others are in the conversation now."""
    told = {"kind": "state", "brand": brand_id, "ref": str(ref), "state": state}
    live.publish_all([(agent_group(one), told) for one in agents if one])


def _groups(agent_id: int | None, beside: Iterable[object]) -> list[str]:
    others = [int(str(one)) for one in beside]
    return [agent_group(one) for one in ([agent_id] if agent_id else []) + others]
