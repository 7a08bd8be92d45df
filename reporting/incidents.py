"""What the provider says happened: words on a span of time that stand on the client's report."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import new_ref
from tenants.guard import BrandManager, BrandModel, BrandQuerySet


class AnnotationQuerySet(BrandQuerySet["Annotation"]):
    def standing(self) -> Self:
        """Those that were not taken back."""
        return self.filter(withdrawn_at__isnull=True)

    def within(self, start: datetime, end: datetime) -> Self:
        """Those that went on in some of `[start, end)`, what began first first."""
        lasting = models.Q(ended_at__isnull=True) | models.Q(ended_at__gt=start)
        return self.standing().filter(lasting, started_at__lt=end).order_by("started_at", "pk")


class Annotation(BrandModel):
    """An incident `[started_at, ended_at)`; null: it goes on. `text` is what the client reads.

    `queue_ids`: whose contacts it touched, none is every queue's; `label` names them. It explains numbers and
    changes none. `key` names the form that wrote it. Written by `actions.incidents` alone.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    queue_ids = models.JSONField(default=list, blank=True)
    label = models.CharField(max_length=200, blank=True)
    text = models.CharField(max_length=160)
    written_shown = models.CharField(max_length=120)
    written_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar[BrandManager] = BrandManager.from_queryset(AnnotationQuerySet)()

    class Meta(BrandModel.Meta):
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        indexes = [models.Index(fields=["started_at"], name="annotation_by_start")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gt=models.F("started_at")),
                name="annotation_half_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.started_at}: {self.text}"
