"""What this room announces upward."""

from django.dispatch import Signal

# agent_id: int, now: datetime. Sent inside the transaction that changed the agent's availability, presence or
# engagements: whoever waits for free agents looks again when it commits.
agent_changed = Signal()
