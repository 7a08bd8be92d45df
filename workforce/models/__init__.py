"""People, their state now, and the time ledger."""

from workforce.models.ledger import Engagement, FocusInterval, LedgerCorrection, StateInterval
from workforce.models.people import Agent, AgentAlias, AgentSkill, Certification, Site, Skill, Team
from workforce.models.state import AgentState, AvailabilityReason, Connection, Node, ReasonTerm

__all__ = [
    "Agent",
    "AgentAlias",
    "AgentSkill",
    "AgentState",
    "AvailabilityReason",
    "Certification",
    "Connection",
    "Engagement",
    "FocusInterval",
    "LedgerCorrection",
    "Node",
    "ReasonTerm",
    "Site",
    "Skill",
    "StateInterval",
    "Team",
]
