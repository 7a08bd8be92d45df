"""Who serves which queue: the numbers of a brand's queues, and the pools of agents behind them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from routing.choices import PoolKind
from routing.querysets import PoolMemberQuerySet
from workforce.models import Agent


class QueuePlan(models.Model):
    """The numbers of a brand's queue, written by the verb that changes the queue (signal queue_changed).

    `strikes`: so many missed offers in a row make an agent not responding. `prefer_seconds`: how long a free
    last agent of the customer goes first. `openings`: when it is answered within the days to come, as
    `[[from, until], …]` in whole seconds since 1970, half-open; null: day and night.
    """

    brand_id = models.BigIntegerField()
    queue_id = models.BigIntegerField(unique=True)
    version = models.PositiveIntegerField(default=1)
    label = models.CharField(max_length=120)
    channel = models.CharField(max_length=16)
    target_seconds = models.PositiveIntegerField()
    offer_seconds = models.PositiveIntegerField(default=30)
    wrap_up_seconds = models.PositiveIntegerField(default=0)
    units = models.PositiveSmallIntegerField(default=34)
    strikes = models.PositiveSmallIntegerField(default=2)
    prefer_seconds = models.PositiveIntegerField(default=20)
    openings = models.JSONField(null=True, blank=True)

    class Meta:
        verbose_name = _("plan of a queue")
        verbose_name_plural = _("plans of queues")
        constraints = [
            models.CheckConstraint(condition=models.Q(units__range=(1, 100)), name="plan_units_1_to_100"),
            models.CheckConstraint(condition=models.Q(strikes__gte=1), name="plan_strikes_from_1"),
        ]
        indexes = [models.Index(fields=["brand_id"], name="plan_by_brand")]

    def __str__(self) -> str:
        return f"brand {self.brand_id}: {self.label}"


class Pool(models.Model):
    """Agents who are asked together. `brand_id` names whom a dedicated pool works for."""

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=16, choices=PoolKind, default=PoolKind.SHARED)
    brand_id = models.BigIntegerField(null=True, blank=True)

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
    """An agent is in a pool from `valid_from` until before `valid_until`; a loan is a row with an end."""

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="members")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="pool_members")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)

    objects = PoolMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of a pool")
        verbose_name_plural = _("members of pools")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gt=models.F("valid_from")),
                name="pool_member_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"agent {self.agent_id} in pool {self.pool_id}"
