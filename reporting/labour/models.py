"""This brand's share of agents' time, by quarter of an hour."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from routing.choices import PoolKind
from tenants.guard import BrandManager, BrandModel
from workforce.choices import TimeKind


class LabourMinutes(BrandModel):
    """What of an agent's time of `[interval_start, + 15 min)` was this brand's, in microseconds.

    `share_us`: its share; over all brands and nobody the shares of an agent and quarter add up to it.
    `session_us`: how long its conversations were worked on, each in full. `busy_us`: how long at least one of
    them was, shared out among them. `queue_id` 0: of no queue, `pool_kind` "": through no pool, `reason`: the
    code of an absence. Nothing of tests, nothing of another brand. Written by `copies` alone.
    """

    interval_start = models.DateTimeField()
    queue_id = models.BigIntegerField()
    agent_id = models.BigIntegerField()
    pool_kind = models.CharField(max_length=16, choices=PoolKind, blank=True)
    kind = models.CharField(max_length=16, choices=TimeKind)
    reason = models.CharField(max_length=32, blank=True)
    billable = models.BooleanField()
    paid = models.BooleanField()
    share_us = models.BigIntegerField()
    session_us = models.BigIntegerField()
    busy_us = models.BigIntegerField()

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        verbose_name = _("minutes of an agent")
        verbose_name_plural = _("minutes of agents")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "interval_start", "queue_id", "agent_id", "pool_kind", "kind", "reason", "billable",
                    "paid",
                ],
                name="labour_minutes_once",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"agent {self.agent_id}, {self.kind} from {self.interval_start:%Y-%m-%d %H:%M}"
