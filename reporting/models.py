"""What the two sides of a report agree on; everything else here is computed."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import new_ref
from reporting.choices import ExclusionState
from tenants.guard import BrandManager, BrandModel


class Exclusion(BrandModel):
    """An interval `[started_at, ended_at)` that is proposed to be left out of the service report.

    It is of a closure; null as its end: the closure goes on. `queue_ids`: whose contacts, none is every
    queue's; `label` names what was closed. `*_by` is who (`user:7`), `*_shown` the name that the report says.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    closure_ref = models.UUIDField(unique=True)
    queue_ids = models.JSONField(default=list, blank=True)
    label = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    proposed_by = models.CharField(max_length=120)
    proposed_shown = models.CharField(max_length=120)
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=ExclusionState, default=ExclusionState.PROPOSED)
    answered_by = models.CharField(max_length=120, blank=True)
    answered_shown = models.CharField(max_length=120, blank=True)
    answered_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        verbose_name = _("exclusion from the report")
        verbose_name_plural = _("exclusions from the report")
        indexes = [models.Index(fields=["started_at"], name="exclusion_by_start")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("started_at")),
                name="exclusion_half_open",
            ),
            models.CheckConstraint(
                condition=models.Q(state=ExclusionState.PROPOSED, answered_at__isnull=True)
                | (~models.Q(state=ExclusionState.PROPOSED) & models.Q(answered_at__isnull=False)),
                name="exclusion_answered_or_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.started_at}: {self.label or 'every queue'}, {self.state}"
