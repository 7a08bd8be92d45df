"""The verbs of this room. Each is atomic and runs inside a tenant_scope that its caller entered."""

from interactions.actions.calendars import (
    announce_hours,
    close_now,
    remove_calendar,
    remove_own_day,
    reopen_hours,
    save_calendar,
    save_own_day,
    use_calendars,
)
from interactions.actions.conversation import (
    abandon,
    end_by_visitor,
    open_conversation,
    open_count,
    reopen,
    requeue,
)
from interactions.actions.drafts import hand_drafts_over, save_draft
from interactions.actions.handling import assign
from interactions.actions.incoming import receive_message
from interactions.actions.messages import add_note, read_up_to, send_reply
from interactions.actions.settings import (
    change_inbox,
    create_inbox,
    restore_texts,
    save_disposition,
    save_queue,
    save_words,
    set_texts,
)
from interactions.actions.wrap_up import begin_wrap_up, extend_wrap_up, force_due, force_wrap_up, wrap_up

__all__ = [
    "abandon", "add_note", "announce_hours", "assign", "begin_wrap_up", "change_inbox", "close_now",
    "create_inbox", "end_by_visitor", "extend_wrap_up", "force_due", "force_wrap_up", "hand_drafts_over",
    "open_conversation",
    "open_count",
    "read_up_to",
    "receive_message", "remove_calendar", "remove_own_day", "reopen", "reopen_hours", "requeue",
    "save_calendar", "save_disposition", "save_draft", "save_own_day", "save_queue", "save_words",
    "send_reply", "restore_texts", "set_texts", "use_calendars", "wrap_up",
]  # fmt: skip
