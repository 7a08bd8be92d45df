"""What this room announces upward, inside the verb's transaction (`send`: an error undoes the verb)."""

from django.dispatch import Signal

interaction_queued = Signal()
"""Waits for an agent. Arguments: draft (WorkItemDraft), now. A reopened one queues again, same ref."""
interaction_left_queue = Signal()
"""Left before an answer. Arguments: brand_id, interaction_ref, outcome, now."""
message_left = Signal()
"""A waiting customer need not stay: the answer waits. Arguments: brand_id, interaction_ref, now."""
wrap_up_began = Signal()
"""Wrap-up runs. Arguments: brand_id, interaction_ref, agent_id, due_at, now. Sent again on extension."""
wrap_up_taken_back = Signal()
"""The talk goes on with its agent. Arguments: brand_id, interaction_ref, now."""
interaction_closed = Signal()
"""Handling ended. Arguments: brand_id, interaction_ref, not_a_contact (spam: it counts nowhere), was_hard
(None: nobody was asked), now."""
work_turned = Signal()
"""The agent's work goes on otherwise, the conversation stays theirs. Arguments: brand_id, interaction_ref,
turn (choices.Turn), until, now. To `wake` the one receiver says whether they have it again; else it waits."""
work_moved = Signal()
"""Waits elsewhere now, with its old place. Arguments: draft (WorkItemDraft), to_agent_id (asked first) or
None, by_agent_id (asked last) or None, now. The receiver raises TargetGone."""
place_left = Signal()
"""Somebody is not beside the agent any more. Arguments: brand_id, interaction_ref, ref (Participant), now."""
queues_changed = Signal()
"""Arguments: plans (list of QueueNumbers)."""
place_asked = Signal()
"""A question: brand_id, queue_id, interaction_ref or None. The one receiver returns Place."""
visitor_presence = Signal()
"""A visitor's socket came (node) or went (None). Arguments: brand_id, interaction_ref, node, now."""
