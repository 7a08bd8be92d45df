"""Where agents' time went, by quarter of an hour: the time ledger added up, for the house."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from routing.choices import PoolKind
from workforce.choices import TimeKind


class TimedQuarter(models.Model):
    """A quarter of an hour that AgentTime has; `serial` grows with each time that its rows were written."""

    interval_start = models.DateTimeField(primary_key=True)
    serial = models.BigIntegerField()

    class Meta:
        verbose_name = _("quarter of agents' time")
        verbose_name_plural = _("quarters of agents' time")
        indexes = [models.Index(fields=["serial"], name="timed_quarter_by_serial")]

    def __str__(self) -> str:
        return f"{self.interval_start:%Y-%m-%d %H:%M}, {self.serial}"


class AgentTime(models.Model):
    """What an agent's time of `[interval_start, + 15 min)` went to, in microseconds.

    `share_us` of one agent and quarter add up to 900,000,000; an agent who was offline or unknown for all
    of it has no rows. `session_us`: how long conversations were worked on, each in full. `busy_us`: how long
    at least one of this client's was, shared out among its own. `brand_id` null: nobody's time. `pool_kind`
    "": through no pool. Written by `routing.actions.labour` alone.
    """

    interval_start = models.DateTimeField()
    agent_id = models.BigIntegerField()
    brand_id = models.BigIntegerField(null=True)
    queue_id = models.BigIntegerField()
    pool_kind = models.CharField(max_length=16, choices=PoolKind, blank=True)
    kind = models.CharField(max_length=16, choices=TimeKind)
    reason = models.CharField(max_length=32, blank=True)
    billable = models.BooleanField()
    paid = models.BooleanField()
    is_test = models.BooleanField()
    share_us = models.BigIntegerField()
    session_us = models.BigIntegerField()
    busy_us = models.BigIntegerField()

    class Meta:
        verbose_name = _("time of an agent")
        verbose_name_plural = _("times of agents")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "interval_start", "agent_id", "brand_id", "queue_id", "pool_kind", "kind", "reason",
                    "billable", "paid", "is_test",
                ],
                nulls_distinct=False,
                name="agent_time_once",
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["brand_id", "interval_start"], name="agent_time_by_brand")]

    def __str__(self) -> str:
        return f"agent {self.agent_id}, {self.kind} from {self.interval_start:%Y-%m-%d %H:%M}"
