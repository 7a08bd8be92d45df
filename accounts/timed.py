"""Rights that end by themselves: a stronger seat taken for some hours, and a look through a client's eyes."""

from datetime import datetime
from typing import Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role
from core.ids import new_ref

M = TypeVar("M", bound=models.Model)
REASON_LENGTH = 200


class TimedQuerySet(models.QuerySet[M]):
    def open(self, now: datetime) -> Self:
        """Not ended, and not over yet (`ends_at` is exclusive)."""
        return self.filter(ended_at__isnull=True, ends_at__gt=now)

    def unended(self, *, user_id: int, brand_id: int | None) -> Self:
        """Those of the person in the brand (None: with the provider) whose end nobody wrote down."""
        return self.filter(user_id=user_id, brand_id=brand_id, ended_at__isnull=True)

    def newest(self) -> Self:
        return self.order_by("-started_at", "-pk")


class Timed(models.Model):
    """What both have: who, as what, why, and from when until when. `ended_at`: earlier than `ends_at`."""

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    role = models.CharField(_("role"), max_length=16, choices=Role)
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH)
    started_at = models.DateTimeField(_("from"), db_default=Now(), editable=False)
    ends_at = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def over_at(self) -> datetime:
        """When it was over, or will be."""
        return self.ended_at or self.ends_at

    def is_open(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.ends_at


class Elevation(Timed):
    """Somebody with the seat `from_role` took the stronger one `role`, in a brand, or with the provider.

    What it gives is a membership that ends at `ends_at`; this row says why.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    brand = models.ForeignKey(
        "tenants.Brand", on_delete=models.CASCADE, related_name="+", null=True, blank=True, db_index=False
    )
    from_role = models.CharField(_("from the role"), max_length=16, choices=Role)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    objects = TimedQuerySet["Elevation"].as_manager()

    class Meta:
        verbose_name = _("elevation")
        verbose_name_plural = _("elevations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("started_at")), name="elevation_takes_time"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="elevation_has_a_reason"),
            models.UniqueConstraint(
                fields=["user", "brand", "role"],
                condition=models.Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="elevation_open_once",
            ),
        ]
        indexes = [
            models.Index(fields=["brand", "-started_at"], name="elevation_by_brand"),
            models.Index(fields=["-started_at"], name="elevation_newest"),
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} as {self.role} until {self.over_at:%Y-%m-%d %H:%M}"


class SeeAs(Timed):
    """Somebody of the provider sees a brand's portal as its `role` does, without changing anything."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    brand = models.ForeignKey("tenants.Brand", on_delete=models.CASCADE, related_name="+", db_index=False)

    objects = TimedQuerySet["SeeAs"].as_manager()

    class Meta:
        verbose_name = _("look as a client")
        verbose_name_plural = _("looks as a client")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("started_at")), name="see_as_takes_time"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="see_as_has_a_reason"),
        ]
        indexes = [models.Index(fields=["brand", "-started_at"], name="see_as_by_brand")]

    def __str__(self) -> str:
        return f"user {self.user_id} as {self.role} of brand {self.brand_id}"
