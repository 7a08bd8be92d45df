"""The verbs. Each opens the labour scope itself, but `enqueue`; locks are taken in the order of `base`."""

from routing.actions.leaving import give_work_back
from routing.actions.line import enqueue, leave_line, note_presence
from routing.actions.offers import (
    accept_offer,
    decline_offer,
    expire_offers,
    explain_decline,
    withdraw_offers,
)
from routing.actions.plans import forget_brand, join_pool, save_plan, shared_pool, welcome, welcome_all
from routing.actions.sweep import sweep
from routing.actions.work import bring_to_front, close_item, recount, return_to_line, wrap_up_item

__all__ = [
    "accept_offer",
    "bring_to_front",
    "close_item",
    "decline_offer",
    "enqueue",
    "expire_offers",
    "explain_decline",
    "forget_brand",
    "give_work_back",
    "join_pool",
    "leave_line",
    "note_presence",
    "recount",
    "return_to_line",
    "save_plan",
    "shared_pool",
    "sweep",
    "welcome",
    "welcome_all",
    "withdraw_offers",
    "wrap_up_item",
]
