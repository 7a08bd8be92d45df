"""A conversation's clocks, one row of each kind, and what was agreed for them. What became of each clock is
in the brand's log; the row is where it stands now (`clocks.faces`)."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models

from core.ids import new_ref
from interactions.choices import ClockKind, ClockPause, ClockState, ClockTime
from interactions.clocks.faces import LIVE
from tenants.guard import BrandManager, BrandModel

if TYPE_CHECKING:
    from interactions.models import Interaction


class ClockPolicy(BrandModel):
    """What is agreed from `effective_at` on, of one queue or of all that have nothing of their own.

    `terms` as clocks.terms has them; null: the queue goes by the client's again. A row is never changed: the
    one in force is the last that began. `applied_at`: the running clocks go by it since then. Before, those
    of the conversations up to `reached` (ids) do, but for the `skipped` ones.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    queue = models.ForeignKey(
        "interactions.Queue", models.PROTECT, null=True, related_name="+", db_index=False
    )
    terms = models.JSONField(null=True)
    effective_at = models.DateTimeField()
    made_shown = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    reached = models.BigIntegerField(default=0)
    skipped = models.JSONField(default=list, blank=True)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        indexes = [
            models.Index(fields=["queue", "-effective_at", "-id"], name="clock_policy_in_force"),
            models.Index(
                fields=["effective_at"], name="clock_policy_to_apply",
                condition=models.Q(applied_at__isnull=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"from {self.effective_at}"

    def awaits(self, row: "Interaction") -> bool:
        """Say whether the conversation is one of its queue's that may not go by it yet."""
        is_ahead = self.applied_at is None and (row.pk > self.reached or row.pk in self.skipped)
        return is_ahead and self.queue_id in (None, row.queue_id)


class Clock(BrandModel):
    """Where a clock of a conversation stands. `n` counts how often it was begun or made ready to begin.

    `since`: up to when `consumed_us` and `paused_us` are reckoned. `due_at`: when its target is used up, or
    when to look again: never later than that. `queue`: whose hours count. `met` and `missed`: how often
    it was fulfilled in time, and how often it was not.
    """

    interaction = models.ForeignKey(
        "interactions.Interaction", models.CASCADE, related_name="clocks", db_index=False
    )
    kind = models.CharField(max_length=10, choices=ClockKind)
    n = models.IntegerField(default=0)
    state = models.CharField(max_length=9, choices=ClockState, default=ClockState.IDLE)
    why = models.CharField(max_length=8, choices=ClockPause, blank=True)
    queue = models.ForeignKey("interactions.Queue", models.PROTECT, related_name="+", db_index=False)
    target_seconds = models.IntegerField(null=True)
    counted = models.CharField(max_length=8, choices=ClockTime, default=ClockTime.ELAPSED)
    pauses = models.JSONField(default=list, blank=True)
    total = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True)
    since = models.DateTimeField(null=True)
    consumed_us = models.BigIntegerField(default=0)
    paused_us = models.BigIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    met = models.SmallIntegerField(default=0)
    missed = models.SmallIntegerField(default=0)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        indexes = [
            models.Index(fields=["due_at"], name="clock_due", condition=models.Q(due_at__isnull=False))
        ]
        constraints = [
            models.UniqueConstraint(fields=["interaction", "kind"], name="clock_one_of_a_kind"),
            models.CheckConstraint(
                condition=~models.Q(state__in=sorted([ClockState.RUNNING, ClockState.PAUSED]))
                | models.Q(started_at__isnull=False, since__isnull=False, n__gt=0),
                name="clock_live_has_begun",
            ),
            models.CheckConstraint(
                condition=models.Q(due_at__isnull=True) | models.Q(state=ClockState.RUNNING),
                name="clock_due_runs",
            ),
            models.CheckConstraint(
                condition=models.Q(consumed_us__gte=0, paused_us__gte=0), name="clock_numbers_rise"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.interaction_id}: {self.kind} {self.state}"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE
