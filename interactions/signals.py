"""What this room announces upward, inside the verb's transaction (`send`: an error undoes the verb)."""

from django.dispatch import Signal

interaction_queued = Signal()
"""Waits for an agent. Arguments: draft (WorkItemDraft), now; of one passed on moved (values.Moved):
it has its old place, and the receiver raises TargetGone. A reopened one queues again, same ref."""
message_left = Signal()
"""A waiting customer need not stay: the answer waits. Arguments: brand_id, interaction_ref, now."""
work_turned = Signal()
"""The agent's work goes on otherwise, the conversation stays theirs. Arguments: brand_id, interaction_ref,
turn (choices.Turn), until, now. To `wake` the one receiver says whether they have it again; else it waits."""
work_ended = Signal()
"""Nobody waits or works any more. Arguments: brand_id, interaction_ref, now. Of who was not answered outcome,
too. Of a place beside the agent, and that alone, place (Participant's ref). Of what was handled not_a_contact
(spam: it counts nowhere) and was_hard (None: nobody was asked)."""
queues_changed = Signal()
"""Arguments: plans (list of QueueNumbers)."""
place_asked = Signal()
"""A question: brand_id, queue_id, interaction_ref or None. The one receiver returns Place."""
visitor_presence = Signal()
"""A visitor's socket came (node) or went (None). Arguments: brand_id, interaction_ref, node, now."""
