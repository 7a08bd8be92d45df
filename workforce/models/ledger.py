"""The time ledger's rows: half-open intervals `[started_at, ended_at)`, an open one has `ended_at` null.

Migration 0002 adds what Django cannot say without an extension of its own: StateIntervals (corrections aside)
and FocusIntervals of one agent never overlap.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from workforce.choices import Availability, EngagementKind, LedgerRule
from workforce.models.people import Agent
from workforce.models.state import AvailabilityReason
from workforce.querysets import IntervalQuerySet


def ends_after_start(name: str) -> models.CheckConstraint:
    condition = Q(ended_at__isnull=True) | Q(ended_at__gt=F("started_at"))
    return models.CheckConstraint(condition=condition, name=name)


def one_open(name: str, *fields: str, **also: Any) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=fields, condition=Q(ended_at__isnull=True, **also), name=name)


class StateInterval(models.Model):
    """A stretch of an agent's wall time in one state; written by the verbs, never edited once closed.

    `brand_id` and `pool_id` say whom a training, a meeting or a dedicated wait is for.
    """

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="state_intervals")
    availability = models.CharField(max_length=16, choices=Availability)
    reason = models.ForeignKey(AvailabilityReason, on_delete=models.PROTECT, related_name="+", null=True)
    brand_id = models.BigIntegerField(null=True)
    pool_id = models.BigIntegerField(null=True)
    connected = models.BooleanField()
    is_correction = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = IntervalQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("state_interval_ends_after_start"),
            one_open("state_interval_one_open", "agent", is_correction=False),
            models.CheckConstraint(
                condition=Q(is_correction=False) | Q(ended_at__isnull=False),
                name="state_correction_closed",
            ),
        ]
        indexes = [models.Index(fields=["agent", "ended_at"], name="state_interval_by_end")]

    def __str__(self) -> str:
        return f"agent {self.agent_id}: {self.availability} from {self.started_at:%Y-%m-%d %H:%M:%S}"


class LedgerCorrection(models.Model):
    """What a closed interval should have said for a stretch of it: the row `replaced_by`, by whom and why."""

    interval = models.ForeignKey(StateInterval, on_delete=models.PROTECT, related_name="corrections")
    replaced_by = models.OneToOneField(StateInterval, on_delete=models.PROTECT, related_name="corrects")
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"interval {self.interval_id} by {self.replaced_by_id}"


class LedgerTerm(models.Model):
    """How work side by side is shared out, from an instant on; before the first one equally."""

    rule = models.CharField(max_length=8, choices=LedgerRule)
    valid_from = models.DateTimeField(unique=True)

    def __str__(self) -> str:
        return f"{self.rule} from {self.valid_from:%Y-%m-%d %H:%M}"


class Engagement(models.Model):
    """What an agent was on; several may overlap. Closes while the customer is awaited, then opens again."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="engagements")
    brand_id = models.BigIntegerField()
    queue_id = models.BigIntegerField()
    work_item_id = models.BigIntegerField()
    pool_id = models.BigIntegerField(null=True)
    is_test = models.BooleanField(default=False)
    kind = models.CharField(max_length=16, choices=EngagementKind)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = IntervalQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("engagement_ends_after_start"),
            one_open("engagement_one_open", "agent", "work_item_id"),
        ]
        indexes = [
            models.Index(fields=["agent", "started_at"], name="engagement_by_agent"),
            models.Index(fields=["agent", "ended_at"], name="engagement_by_end"),
        ]

    def __str__(self) -> str:
        return f"agent {self.agent_id} on item {self.work_item_id}: {self.kind}"


class FocusInterval(models.Model):
    """Which of the engagements was in front of the agent."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="focus_intervals")
    work_item_id = models.BigIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = IntervalQuerySet.as_manager()

    class Meta:
        constraints = [ends_after_start("focus_ends_after_start"), one_open("focus_one_open", "agent")]

    def __str__(self) -> str:
        return f"agent {self.agent_id} before item {self.work_item_id}"


class LedgerMark(models.Model):
    """Time of an agent (null: of everybody) that was written about when its quarter of an hour was over.

    Triggers of migration 0009 write it whatever the writer was; who keeps sums of the ledger takes them anew
    and removes it. `until_at` null: up to now.
    """

    agent_id = models.BigIntegerField(null=True)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["from_at"], name="ledger_mark_by_start")]

    def __str__(self) -> str:
        return f"agent {self.agent_id or 'any'} from {self.from_at:%Y-%m-%d %H:%M}"
