"""The verbs of this room. Each is atomic and runs inside a tenant_scope that its caller entered."""

from interactions.actions.blocking import block_visitor, lift_block, warn_visitor
from interactions.actions.calendars import (
    EVERYTHING,
    announce_hours,
    close_early,
    close_now,
    remove_calendar,
    remove_own_day,
    reopen_hours,
    save_calendar,
    save_own_day,
    set_reception,
    use_calendars,
    write_calendar,
)
from interactions.actions.callbacks import (
    change_callback,
    fire_callbacks,
    is_asked,
    promise_callback,
    recall,
    record_attempt,
    withdraw_callback,
)
from interactions.actions.consulting import (
    ask_colleague,
    begin_consult,
    hand_to_participant,
    pass_on,
)
from interactions.actions.conversation import (
    abandon,
    end_by_closure,
    end_by_visitor,
    leave_message,
    open_conversation,
    open_count,
    reopen,
    reopen_own,
    requeue,
    resume_conversation,
)
from interactions.actions.correcting import correct, correctable_since, correctable_until
from interactions.actions.drafts import hand_drafts_over, save_draft
from interactions.actions.estimates import keep_estimate, note_estimate
from interactions.actions.handling import assign
from interactions.actions.idle import answer_silence, fire_due, fire_idle
from interactions.actions.incoming import receive_message
from interactions.actions.messages import add_note, read_up_to, send_reply, whisper
from interactions.actions.participants import (
    bring_in,
    end_place,
    lose_place,
    remove_participant,
)
from interactions.actions.resting import (
    await_reply,
    hold,
    reply,
    resume,
    snooze,
    tell_hold,
    tell_holds,
    wake,
    wake_answered,
)
from interactions.actions.rules import check_rule, move_rule, remove_rule, restore_rule, save_rule
from interactions.actions.settings import (
    change_inbox,
    create_inbox,
    create_inboxes,
    mark_hard,
    restore_texts,
    save_disposition,
    save_queue,
    save_words,
    set_texts,
)
from interactions.actions.transfers import Target, reassign, transfer
from interactions.actions.voiding import mark_not_a_contact, undo_not_a_contact
from interactions.actions.wrap_up import begin_wrap_up, extend_wrap_up, force_due, force_wrap_up, wrap_up
from interactions.clocks.policies import save_policy
from interactions.clocks.ringing import apply_policies, ring_clocks, settle_clocks

__all__ = [
    "EVERYTHING", "Target", "abandon", "add_note", "announce_hours", "answer_silence", "apply_policies",
    "ask_colleague", "assign", "await_reply", "begin_consult", "begin_wrap_up", "block_visitor",
    "bring_in", "change_callback", "change_inbox", "check_rule", "close_early", "close_now", "correct",
    "correctable_since", "correctable_until", "create_inbox", "create_inboxes", "end_by_closure",
    "end_by_visitor", "end_place", "extend_wrap_up", "fire_callbacks", "fire_due", "fire_idle",
    "force_due", "force_wrap_up", "hand_drafts_over", "hand_to_participant", "hold", "is_asked",
    "keep_estimate",
    "leave_message", "lift_block", "lose_place", "mark_hard", "mark_not_a_contact", "move_rule",
    "note_estimate", "open_conversation", "open_count", "pass_on", "promise_callback", "read_up_to",
    "reassign", "recall", "receive_message", "record_attempt", "remove_calendar", "remove_own_day",
    "remove_participant", "remove_rule", "reopen", "reopen_hours", "reopen_own", "reply", "requeue",
    "restore_rule", "restore_texts", "resume", "resume_conversation", "ring_clocks", "save_calendar",
    "save_disposition", "save_draft", "save_own_day", "save_policy", "save_queue", "save_rule",
    "save_words", "send_reply", "set_reception", "set_texts", "settle_clocks", "snooze", "tell_hold",
    "tell_holds", "transfer", "undo_not_a_contact", "use_calendars", "wake", "wake_answered",
    "warn_visitor", "whisper", "withdraw_callback", "wrap_up", "write_calendar",
]  # fmt: skip
