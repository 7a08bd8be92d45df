"""The verbs. Each opens the labour scope and one transaction itself, or joins the caller's."""

from workforce.actions.availability import end_shift, set_availability, set_next, strike, take_offline
from workforce.actions.corrections import correct
from workforce.actions.people import (
    certify,
    create_agent,
    forget_brand,
    revoke_certification,
    set_alias,
    set_skill,
)
from workforce.actions.presence import beat, connect, disconnect, expire_nodes
from workforce.actions.supervising import change_state
from workforce.actions.work import disengage, engage, focus

__all__ = [
    "beat",
    "certify",
    "change_state",
    "connect",
    "correct",
    "create_agent",
    "disconnect",
    "disengage",
    "end_shift",
    "engage",
    "expire_nodes",
    "focus",
    "forget_brand",
    "revoke_certification",
    "set_alias",
    "set_availability",
    "set_next",
    "set_skill",
    "strike",
    "take_offline",
]
