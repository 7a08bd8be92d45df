"""What waits, who is asked, who may be asked."""

from routing.models.plan import Pool, PoolMember, PoolQueue, QueuePlan
from routing.models.work import AgentCapacity, Decision, Offer, WorkItem

__all__ = [
    "AgentCapacity",
    "Decision",
    "Offer",
    "Pool",
    "PoolMember",
    "PoolQueue",
    "QueuePlan",
    "WorkItem",
]
