"""The rows behind practice customers: what was asked for, and of each customer what is due next."""

from typing import ClassVar

from django.db import models

from core.ids import new_ref
from tenants.guard import BrandManager, BrandModel

MOST_CUSTOMERS = 20
MOST_MINUTES = 120


class PracticeRun(BrandModel):
    """`size` customers who come within `minutes`; once it is stopped nobody else comes."""

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    size = models.SmallIntegerField()
    minutes = models.SmallIntegerField()
    started_by = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(size__range=(1, MOST_CUSTOMERS), minutes__range=(0, MOST_MINUTES)),
                name="practice_run_bounded",
            )
        ]

    def __str__(self) -> str:
        return f"{self.size} in {self.minutes} min"


class PracticeCustomer(BrandModel):
    """One customer of a run. `due_at` is the promise: what comes next comes then; null: it is over.

    1. `said` = `answered` = 0: comes, and says the first line.
    2. `said` > `answered`: waits for an answer, and leaves at `due_at` without one.
    3. `said` = `answered`: was answered; says the next line, or ends it after the last one.
    """

    run = models.ForeignKey(PracticeRun, models.CASCADE, related_name="customers", db_index=False)
    n = models.SmallIntegerField()
    scenario = models.CharField(max_length=20)
    name = models.CharField(max_length=40)
    language = models.CharField(max_length=12)
    inbox = models.ForeignKey("interactions.Inbox", models.CASCADE, related_name="+", db_index=False)
    interaction = models.ForeignKey(
        "interactions.Interaction", models.SET_NULL, null=True, related_name="+", db_index=False
    )
    said = models.SmallIntegerField(default=0)
    answered = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["run", "n"], name="practice_customer_once"),
            models.CheckConstraint(
                condition=models.Q(answered__gte=0, said__gte=models.F("answered")),
                name="practice_customer_counts",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(due_at__isnull=False), name="practice_customer_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.scenario})"
