"""What waits, who is asked, who may be asked."""

from routing.models.help import HelpRequest
from routing.models.labour import AgentTime, TimedQuarter
from routing.models.off import SignOut
from routing.models.plan import (
    AgentLimit,
    ChannelBar,
    Overflow,
    Pool,
    PoolMember,
    PoolQueue,
    QueuePlan,
    Ramp,
)
from routing.models.rest import RestRule
from routing.models.tally import QueueTally
from routing.models.work import AgentCapacity, Decision, Offer, WorkItem

__all__ = [
    "AgentCapacity",
    "AgentLimit",
    "AgentTime",
    "ChannelBar",
    "Decision",
    "HelpRequest",
    "Offer",
    "Overflow",
    "Pool",
    "PoolMember",
    "PoolQueue",
    "QueuePlan",
    "QueueTally",
    "Ramp",
    "RestRule",
    "SignOut",
    "TimedQuarter",
    "WorkItem",
]
