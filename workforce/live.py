"""What this room pushes to an agent's own tabs."""

from core import live


def announce_presence(agent_id: int) -> None:
    """Tell every tab of the agent, on commit, to fetch their availability and presence again."""
    live.publish(live.group("agent", agent_id), {"kind": "presence"})
