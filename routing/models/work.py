"""What waits or is worked, who was asked for it and why, and how full each agent is."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from routing.choices import DeclineReason, ItemState, OfferState, Outcome, WithdrawReason
from routing.models.plan import Ramp
from routing.querysets import ConsultManager, OfferQuerySet, WaitManager, WorkItemQuerySet
from workforce.models import Agent

LIVE_OFFER = (OfferState.PENDING, OfferState.ACCEPTED)
WITH_AGENT = (ItemState.ACCEPTED, ItemState.WRAP_UP, ItemState.SLEEPING)


class WorkItem(models.Model):
    """One wait of an interaction for a person, and the work that followed. No personal data.

    Inserted under the brand's role, changed by this room alone. The order in the line is (order_key, id): due
    time of the target minus the boost of its priority, fixed at enqueue; no decline or expiry changes it.
    `requirement`: {"language": str, "need": a bound expression of workforce.needs}. `excluded`:
    {agent id: instant they refused}.
    `absent_since`: when the waiting customer's socket went; `waits`: they left a message and need none.
    `requeued_at`: when it came back to the line, which this item is the new place in: given back by an agent,
    reopened, or to be called now.
    `not_a_contact`: its agent said that it was spam or a duplicate.
    `back_at`: when the customer was last there again after the socket had gone.
    `wake_at`: until when it sleeps; null: until its customer writes.
    `taken`: the units that it takes of the agent who has it, by their weights; null: `units`.

    `beside`: no wait of a customer but a place beside the agent `asked_by`; its ref is that of the brand's
    Participant. With `only_agent_id` it is asked of that agent alone. `objects` are the waits,
    one for a conversation; `consults` the places beside; `every` both.
    """

    ref = models.UUIDField(unique=True)
    brand_id = models.BigIntegerField()
    queue_id = models.BigIntegerField()
    interaction_ref = models.UUIDField()
    channel = models.CharField(max_length=16)
    direction = models.CharField(max_length=8, default="in")
    state = models.CharField(max_length=16, choices=ItemState, default=ItemState.QUEUED)
    priority = models.SmallIntegerField(default=0)
    order_key = models.DateTimeField()
    due_at = models.DateTimeField()
    target_seconds = models.PositiveIntegerField()
    offer_seconds = models.PositiveIntegerField()
    units = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(null=True)
    requirement = models.JSONField(default=dict)
    excluded = models.JSONField(default=dict)
    last_agent_id = models.BigIntegerField(null=True)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    is_test = models.BooleanField(default=False)
    waits = models.BooleanField(default=False)
    visitor_node = models.CharField(max_length=120, blank=True, default="")
    absent_since = models.DateTimeField(null=True)
    back_at = models.DateTimeField(null=True)
    enqueued_at = models.DateTimeField()
    requeued_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    wrap_up_due_at = models.DateTimeField(null=True)
    wake_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True, default="")
    not_a_contact = models.BooleanField(default=False, db_default=False)
    version = models.PositiveIntegerField(default=1)
    beside = models.BooleanField(default=False, db_default=False)
    asked_by_id = models.BigIntegerField(null=True)
    only_agent_id = models.BigIntegerField(null=True)

    objects = WaitManager()
    consults = ConsultManager()
    every = WorkItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("work item")
        verbose_name_plural = _("work items")
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "interaction_ref"],
                condition=~Q(state=ItemState.ENDED) & Q(beside=False),
                name="work_item_one_live",
            ),
            models.UniqueConstraint(
                fields=["brand_id", "interaction_ref", "agent"],
                condition=Q(beside=True, state=ItemState.ACCEPTED),
                name="work_item_beside_once",
            ),
            models.CheckConstraint(
                condition=Q(beside=False) | Q(asked_by_id__isnull=False), name="work_item_beside_was_asked"
            ),
            models.CheckConstraint(
                condition=Q(state=ItemState.ENDED, ended_at__isnull=False)
                | (~Q(state=ItemState.ENDED) & Q(ended_at__isnull=True)),
                name="work_item_ended_has_end",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=WITH_AGENT) | Q(agent__isnull=False),
                name="work_item_with_agent_has_one",
            ),
            models.CheckConstraint(condition=Q(units__range=(1, 100)), name="work_item_units_1_to_100"),
        ]
        indexes = [
            models.Index(
                fields=["queue_id", "order_key", "id"],
                condition=Q(state__in=(ItemState.QUEUED, ItemState.OFFERED)),
                name="work_item_line",
            ),
            models.Index(fields=["agent", "ended_at"], name="work_item_of_agent"),
            models.Index(
                fields=["wake_at"], condition=Q(state=ItemState.SLEEPING), name="work_item_sleeping"
            ),
            models.Index(fields=["interaction_ref"], name="work_item_by_interaction"),
            models.Index(
                fields=["queue_id", "answered_at"],
                condition=Q(answered_at__isnull=False),
                name="work_item_answered",
            ),
            models.Index(fields=["enqueued_at"], name="work_item_by_entry"),
            models.Index(fields=["ended_at"], condition=Q(state=ItemState.ENDED), name="work_item_ended_at"),
        ]

    def __str__(self) -> str:
        return f"item {self.pk} of brand {self.brand_id}: {self.state}"


class Offer(models.Model):
    """A work item put before an agent until `expires_at` (exclusive). Its capacity is held from then on.

    No constraint to the agent, none at all on Decision: made by the statement that has just read the row, and
    each check is paid for in the time an offer takes.
    """

    ref = models.UUIDField(unique=True)
    work_item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="offers")
    brand_id = models.BigIntegerField()
    queue_id = models.BigIntegerField()
    channel = models.CharField(max_length=16)
    agent = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    pool_id = models.BigIntegerField(null=True)
    units = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=16, choices=OfferState, default=OfferState.PENDING)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(
        max_length=16, choices=DeclineReason.choices + WithdrawReason.choices, blank=True, default=""
    )
    explanation = models.JSONField(default=dict)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = [
            models.UniqueConstraint(
                fields=["work_item"], condition=Q(state__in=LIVE_OFFER), name="offer_one_live"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="offer_ends_after_start"),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=Q(state=OfferState.PENDING), name="offer_pending_by_end"
            ),
            models.Index(fields=["agent", "made_at"], name="offer_by_agent"),
        ]

    def __str__(self) -> str:
        return f"item {self.work_item_id} to agent {self.agent_id}: {self.state}"


class AgentCapacity(models.Model):
    """How many of an agent's units are taken: by offers that ring and by work until its wrap-up ends.

    A counter kept in the transaction of each change; `actions.recount` computes it again from the rows.
    `freed_at`: when work of theirs last ended, which is since when they are idle. `held` counts the items in
    the same way, `{channel: n, "b<brand id>": n}`. `cap` is what holds today: `full_cap`, or the part of it
    that `ramp` gives on this day since `ramp_from`; never less than what is taken at the moment.
    `hard_in_row`: contacts one after another that were hard; `rests_until`: no offers before, for that.
    """

    agent = models.OneToOneField(Agent, on_delete=models.CASCADE, primary_key=True, related_name="capacity")
    used = models.PositiveSmallIntegerField(default=0)
    cap = models.PositiveSmallIntegerField(default=100)
    freed_at = models.DateTimeField(null=True)
    held = models.JSONField(default=dict)
    full_cap = models.PositiveSmallIntegerField(default=100)
    ramp = models.ForeignKey(Ramp, on_delete=models.PROTECT, null=True, related_name="+")
    ramp_from = models.DateField(null=True)
    hard_in_row = models.PositiveSmallIntegerField(default=0, db_default=0)
    rests_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("capacity of an agent")
        verbose_name_plural = _("capacities of agents")
        constraints = [
            models.CheckConstraint(
                condition=Q(used__gte=0, used__lte=F("cap")), name="capacity_not_exceeded"
            ),
            models.CheckConstraint(
                condition=Q(ramp__isnull=True) | Q(ramp_from__isnull=False), name="capacity_ramp_has_start"
            ),
        ]

    def __str__(self) -> str:
        return f"agent {self.agent_id}: {self.used} of {self.cap}"


class Decision(models.Model):
    """Why this agent was asked for this item, and whom else it could have been.

    `waiting`: the brands that had work this agent could have got, which is what fair shares are counted from.
    `detail`: {"fair": bool, "used": int, "idle_since": instant, "others": [[agent id, used, idle since]]},
    the others being the first few of those who would have been next; and where they apply "need": the
    expression, "stage": how often it had relaxed, "overflow": [ids], "arm": scored, holdout, late, failed or
    resting, "scores": of the agent and the others, "cost": what one more turn of waiting would have cost by
    contract, "by": how the agent was chosen where `why` is that.
    """

    at = models.DateTimeField()
    work_item = models.ForeignKey(
        WorkItem, on_delete=models.CASCADE, related_name="decisions", db_constraint=False
    )
    brand_id = models.BigIntegerField()
    agent_id = models.BigIntegerField()
    pool_id = models.BigIntegerField(null=True)
    why = models.CharField(max_length=16)
    candidates = models.PositiveIntegerField(default=0)
    waiting = models.JSONField(default=list)
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = [models.Index(fields=["at"], name="decision_by_instant")]

    def __str__(self) -> str:
        return f"item {self.work_item_id} to agent {self.agent_id}: {self.why}"
