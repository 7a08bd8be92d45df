"""What this room pushes: ids, kinds and numbers to the agent who has it and to its visitor, on commit."""

from uuid import UUID

from core import live


def visitor_group(brand_id: int, ref: UUID) -> str:
    return live.group("visitor", brand_id, ref.hex)


def agent_group(agent_id: int) -> str:
    return live.group("agent", agent_id)


def announce_message(
    *, brand_id: int, ref: UUID, agent_id: int | None, seq: int, public: bool = True
) -> None:
    """Tell the agent's tabs, and the visitor unless it is a note, that the stream has a new number."""
    if agent_id:
        stream = f"c.{ref}"
        payload = {"kind": "message", "stream": stream, "seq": seq, "brand": brand_id, "ref": str(ref)}
        live.publish(agent_group(agent_id), payload)
    if public:
        live.publish(visitor_group(brand_id, ref), {"kind": "message", "seq": seq})


def announce_state(*, brand_id: int, ref: UUID, agent_id: int | None, state: str) -> None:
    """Tell both sides that the interaction is in another state now."""
    if agent_id:
        live.publish(
            agent_group(agent_id), {"kind": "state", "brand": brand_id, "ref": str(ref), "state": state}
        )
    live.publish(visitor_group(brand_id, ref), {"kind": "state", "state": state})
