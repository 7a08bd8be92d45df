"""Who serves which queue: the numbers of a brand's queues, and the pools of agents behind them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from routing.choices import Order, OverflowWhen, Period, PoolKind, Strategy
from routing.querysets import OverflowQuerySet, PoolMemberQuerySet
from workforce.models import Agent


class QueuePlan(models.Model):
    """The numbers of a brand's queue, written by the verb that changes the queue (signal queues_changed).

    `strikes`: so many missed offers in a row make an agent not responding. `prefer_seconds`: how long a free
    last agent of the customer goes first. `openings`: when it is answered within the days to come, as
    `[[from, until], …]` in whole seconds since 1970, half-open; null: day and night. `closed_since`: when one
    that was closed when this was written had closed. `closures`: those that say something of the line,
    `[[from, until or null, those in line are answered, overflows may help], …]`, 1 is yes. `strategy`,
    `scorer` and `holdout` (percent decided without the score) are the operator's: how agents are chosen
    (`set_manner`), and whether they may take from the line themselves (`pull_allowed`). So are `period` and
    `credits` (`[[under percent, amount], …]`): what missing `target_share` over a period costs by contract,
    for pools whose order counts that (`set_terms`).
    """

    brand_id = models.BigIntegerField()
    queue_id = models.BigIntegerField(unique=True)
    version = models.PositiveIntegerField(default=1)
    label = models.CharField(max_length=120)
    channel = models.CharField(max_length=16)
    target_seconds = models.PositiveIntegerField()
    target_share = models.PositiveSmallIntegerField(default=80, db_default=80)
    offer_seconds = models.PositiveIntegerField(default=30)
    wrap_up_seconds = models.PositiveIntegerField(default=0)
    units = models.PositiveSmallIntegerField(default=34)
    strikes = models.PositiveSmallIntegerField(default=2)
    prefer_seconds = models.PositiveIntegerField(default=20)
    openings = models.JSONField(null=True, blank=True)
    closed_since = models.BigIntegerField(null=True, blank=True)
    closures = models.JSONField(default=list, blank=True)
    strategy = models.CharField(max_length=16, choices=Strategy, default=Strategy.LONGEST_IDLE)
    scorer = models.CharField(max_length=40, blank=True, default="")
    holdout = models.PositiveSmallIntegerField(default=0)
    period = models.CharField(max_length=8, choices=Period, default=Period.MONTH, db_default=Period.MONTH)
    credits = models.JSONField(default=list)
    pull_allowed = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = _("plan of a queue")
        verbose_name_plural = _("plans of queues")
        constraints = [
            models.CheckConstraint(condition=models.Q(holdout__lte=50), name="plan_holdout_to_50"),
            models.CheckConstraint(condition=models.Q(units__range=(1, 100)), name="plan_units_1_to_100"),
            models.CheckConstraint(condition=models.Q(strikes__gte=1), name="plan_strikes_from_1"),
        ]
        indexes = [models.Index(fields=["brand_id"], name="plan_by_brand")]

    def __str__(self) -> str:
        return f"brand {self.brand_id}: {self.label}"


class Pool(models.Model):
    """Agents who are asked together. `brand_id` names whom a dedicated pool works for; `order` says whose
    turn it is when it works for several.

    One that is not used any more is retired, not deleted: hours are billed by who was in which pool.
    """

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=16, choices=PoolKind, default=PoolKind.SHARED)
    brand_id = models.BigIntegerField(null=True, blank=True)
    order = models.CharField(max_length=16, choices=Order, default=Order.DUE, db_default=Order.DUE)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("pool")
        verbose_name_plural = _("pools")
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(kind=PoolKind.SHARED, brand_id__isnull=True),
                name="pool_one_shared",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def called(self) -> str:
        """The name that people gave it; `name` of an ended one is marked, to be free for another."""
        return self.name.removesuffix(self.mark) if self.retired_at else self.name

    @property
    def mark(self) -> str:
        return f" ({self.pk})"


class PoolQueue(models.Model):
    """A pool serves a queue, once an item has waited `delay_seconds`; lower `rank` is asked first.

    `min_share`: percent of the pool's offers that the queue's brand gets at least while it has work waiting;
    null: half of an equal part.
    """

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="queues")
    plan = models.ForeignKey(
        QueuePlan, on_delete=models.CASCADE, to_field="queue_id", db_column="queue_id", related_name="pools"
    )
    rank = models.PositiveSmallIntegerField(default=1)
    delay_seconds = models.PositiveIntegerField(default=0)
    min_share = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("queue of a pool")
        verbose_name_plural = _("queues of pools")
        constraints = [
            models.UniqueConstraint(fields=["pool", "plan"], name="pool_queue_once"),
            models.CheckConstraint(
                condition=models.Q(min_share__isnull=True) | models.Q(min_share__lte=100),
                name="pool_min_share_percent",
            ),
        ]

    def __str__(self) -> str:
        return f"pool {self.pool_id}, queue {self.plan_id}"


class PoolMember(models.Model):
    """An agent is in a pool from `valid_from` until before `valid_until`.

    A loan is a row with an end and `lent_from`, the pool they are back in then.
    `taken_out_at`: somebody ended it then, and it would have lasted until `was_until` (null: no end).
    """

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="members")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="pool_members")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    taken_out_at = models.DateTimeField(null=True, editable=False)
    was_until = models.DateTimeField(null=True, editable=False)
    lent_from = models.ForeignKey(
        Pool, on_delete=models.SET_NULL, null=True, blank=True, related_name="lends", db_index=False
    )

    objects = PoolMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of a pool")
        verbose_name_plural = _("members of pools")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gt=models.F("valid_from")),
                name="pool_member_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(lent_from__isnull=True) | models.Q(valid_until__isnull=False),
                name="pool_member_loan_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"agent {self.agent_id} in pool {self.pool_id}"


class Overflow(models.Model):
    """While the queue is in need, others serve it too, after its own: a pool, or who serves another queue.
    Or, with `message` or `callback`, who waits is offered to leave a message, or a call.

    `threshold`: seconds of expected wait, or percent of service level; 0 for closed hours. Exactly one
    target: what can be one is in `routing.overflow.TARGETS`. `removed_at`: it helps
    no more, and can be put back.
    """

    plan = models.ForeignKey(
        QueuePlan,
        on_delete=models.CASCADE,
        to_field="queue_id",
        db_column="queue_id",
        related_name="overflows",
    )
    when = models.CharField(max_length=16, choices=OverflowWhen)
    threshold = models.PositiveIntegerField(default=0)
    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, null=True, related_name="overflows")
    helper = models.ForeignKey(
        QueuePlan,
        on_delete=models.CASCADE,
        to_field="queue_id",
        db_column="helper_queue_id",
        null=True,
        related_name="helps",
    )
    message = models.BooleanField(null=True)
    callback = models.BooleanField(null=True)
    removed_at = models.DateTimeField(null=True, editable=False)

    objects = OverflowQuerySet.as_manager()

    class Meta:
        verbose_name = _("overflow of a queue")
        verbose_name_plural = _("overflows of queues")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    pool__isnull=False, helper__isnull=True, message__isnull=True, callback__isnull=True
                )
                | models.Q(
                    pool__isnull=True, helper__isnull=False, message__isnull=True, callback__isnull=True
                )
                | models.Q(pool__isnull=True, helper__isnull=True, message=True, callback__isnull=True)
                | models.Q(pool__isnull=True, helper__isnull=True, message__isnull=True, callback=True),
                name="overflow_one_target",
            ),
            models.UniqueConstraint(
                fields=["plan", "when"],
                condition=models.Q(message__isnull=False),
                name="overflow_message_once",
            ),
            models.UniqueConstraint(
                fields=["plan", "when"],
                condition=models.Q(callback__isnull=False),
                name="overflow_callback_once",
            ),
            models.CheckConstraint(condition=~models.Q(plan=models.F("helper")), name="overflow_not_itself"),
            models.UniqueConstraint(
                fields=["plan", "when", "pool"],
                condition=models.Q(pool__isnull=False),
                name="overflow_pool_once",
            ),
            models.UniqueConstraint(
                fields=["plan", "when", "helper"],
                condition=models.Q(helper__isnull=False),
                name="overflow_queue_once",
            ),
        ]

    def __str__(self) -> str:
        return f"queue {self.plan_id}: {self.when}"


class ChannelBar(models.Model):
    """Who is on something of the channel `doing` is not asked for anything of the channel `asked`."""

    doing = models.CharField(max_length=16)
    asked = models.CharField(max_length=16)

    class Meta:
        verbose_name = _("work that is not interrupted")
        verbose_name_plural = _("work that is not interrupted")
        constraints = [models.UniqueConstraint(fields=["doing", "asked"], name="channel_bar_once")]

    def __str__(self) -> str:
        return f"{self.doing}: no {self.asked}"


class Ramp(models.Model):
    """How much of their units a new agent has: `steps` `[[day, percent], …]`, days since the start rising.

    Day 0 is the first; after the last step its percent holds on.
    """

    name = models.CharField(max_length=80, unique=True)
    steps = models.JSONField()

    class Meta:
        verbose_name = _("ramp for new agents")
        verbose_name_plural = _("ramps for new agents")

    def __str__(self) -> str:
        return self.name


class AgentLimit(models.Model):
    """How many items of a channel, or of a brand, an agent has at once at most; 0 is never.

    Null: as many as fit. `weight`: percent of the queue's units that one of them takes of this agent; null:
    as the queue says. A brand's counts in the place of its channel's.
    """

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="limits")
    channel = models.CharField(max_length=16, blank=True, default="")
    brand_id = models.BigIntegerField(null=True)
    at_once = models.PositiveSmallIntegerField(null=True)
    weight = models.PositiveSmallIntegerField(null=True)

    class Meta:
        verbose_name = _("limit of an agent")
        verbose_name_plural = _("limits of agents")
        constraints = [
            models.CheckConstraint(
                condition=(models.Q(brand_id__isnull=True) & ~models.Q(channel=""))
                | models.Q(brand_id__isnull=False, channel=""),
                name="agent_limit_of_one",
            ),
            models.CheckConstraint(condition=models.Q(at_once__lte=20), name="agent_limit_to_20"),
            models.CheckConstraint(
                condition=models.Q(weight__isnull=True) | models.Q(weight__range=(10, 300)),
                name="agent_weight_10_to_300",
            ),
            models.UniqueConstraint(
                fields=["agent", "channel"],
                condition=models.Q(brand_id__isnull=True),
                name="limit_channel_once",
            ),
            models.UniqueConstraint(
                fields=["agent", "brand_id"],
                condition=models.Q(brand_id__isnull=False),
                name="limit_brand_once",
            ),
        ]

    def __str__(self) -> str:
        return f"agent {self.agent_id}: {self.at_once}, {self.weight} % of {self.channel or self.brand_id}"
