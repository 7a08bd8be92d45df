"""The verbs. Each opens the labour scope itself, but `enqueue`; locks are taken in the order of `base`."""

from routing.actions.consulting import (
    ask_consult,
    complete_consult,
    leave_place,
    lose_places,
    lose_seatless,
    pass_on,
)
from routing.actions.help import answer_help, ask_help, withdraw_help
from routing.actions.labour import time_again, time_next
from routing.actions.leaving import give_work_back
from routing.actions.lending import end_loan, lend
from routing.actions.line import enqueue, leave_line, note_left_message, note_presence
from routing.actions.manners import (
    add_overflow,
    remove_overflow,
    restore_overflow,
    set_bars,
    set_manner,
    set_terms,
)
from routing.actions.moves import move_item, pull, pullable, reopen_mine
from routing.actions.offers import (
    accept_offer,
    decline_offer,
    expire_offers,
    explain_decline,
    withdraw_offers,
)
from routing.actions.plans import forget_brand, save_plans, shared_pool, welcome
from routing.actions.pools import (
    add_member,
    end_membership,
    restore_membership,
    retire_pool,
    save_pool,
    serve,
    stop_serving,
)
from routing.actions.profiles import Profile, apply_ramps, remove_ramp, save_profile, save_ramp
from routing.actions.purging import purge
from routing.actions.resting import set_rest
from routing.actions.signing_out import finish_sign_outs, report_sick, sign_out_agent
from routing.actions.supervising import change_priority, give_back, reassign, take_over
from routing.actions.sweep import sweep
from routing.actions.timers import fire_timers, keep_promises
from routing.actions.turns import turn_item
from routing.actions.work import (
    bring_to_front,
    close_item,
    recount,
    return_to_line,
)

__all__ = [
    "ask_consult",
    "complete_consult",
    "leave_place",
    "lose_places",
    "lose_seatless",
    "pass_on",
    "Profile",
    "move_item",
    "pull",
    "pullable",
    "reassign",
    "reopen_mine",
    "turn_item",
    "add_member",
    "add_overflow",
    "apply_ramps",
    "end_loan",
    "end_membership",
    "lend",
    "remove_overflow",
    "restore_membership",
    "restore_overflow",
    "retire_pool",
    "remove_ramp",
    "save_pool",
    "save_profile",
    "save_ramp",
    "serve",
    "set_bars",
    "set_manner",
    "set_rest",
    "set_terms",
    "stop_serving",
    "answer_help",
    "ask_help",
    "withdraw_help",
    "accept_offer",
    "bring_to_front",
    "change_priority",
    "close_item",
    "decline_offer",
    "enqueue",
    "expire_offers",
    "explain_decline",
    "finish_sign_outs",
    "fire_timers",
    "keep_promises",
    "forget_brand",
    "give_back",
    "give_work_back",
    "leave_line",
    "note_left_message",
    "note_presence",
    "purge",
    "recount",
    "report_sick",
    "return_to_line",
    "save_plans",
    "shared_pool",
    "sign_out_agent",
    "sweep",
    "take_over",
    "time_again",
    "time_next",
    "welcome",
    "withdraw_offers",
]
