"""People, their state now, and the time ledger."""

from workforce.models.ledger import (
    Engagement,
    FocusInterval,
    LedgerCorrection,
    LedgerMark,
    LedgerTerm,
    StateInterval,
)
from workforce.models.people import Agent, AgentAlias, AgentSkill, Certification, Site, Skill, Team
from workforce.models.staff import (
    BulkChange,
    Departure,
    DepartureBrand,
    DepartureSeat,
    StaffImport,
    Welcome,
)
from workforce.models.state import AgentState, AvailabilityReason, Connection, Node, ReasonTerm

__all__ = [
    "Agent",
    "AgentAlias",
    "AgentSkill",
    "AgentState",
    "AvailabilityReason",
    "BulkChange",
    "Certification",
    "Connection",
    "Departure",
    "DepartureBrand",
    "DepartureSeat",
    "Engagement",
    "FocusInterval",
    "LedgerCorrection",
    "LedgerMark",
    "LedgerTerm",
    "Node",
    "ReasonTerm",
    "Site",
    "Skill",
    "StaffImport",
    "StateInterval",
    "Team",
    "Welcome",
]
