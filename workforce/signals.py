"""What this room announces upward."""

from django.dispatch import Signal

# agent_ids: list[int], now: datetime. Sent inside the transaction that changed them: whoever waits for free
# agents looks again when it commits. Of AgentState: availability, presence or engagements, and its rows are
# held. Of any other: new to the pool, or seated and certified otherwise.
agents_changed = Signal()

# agent_id: int, lead_id: int | None, brand: BrandCard, grant: Grant, now: datetime. Somebody who has left has
# this brand's open work and drafts no more; sent in a transaction for each brand, again until it held. Each
# receiver returns what it handed on, as keys of DepartureBrand.handed.
agent_left = Signal()
