"""The tables of forecasts, in the brand's schema. Written by `reporting.actions.forecasts` alone."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import new_ref
from tenants.guard import BrandManager, BrandModel


class ForecastTerms(BrandModel):
    """What the contract says of forecasts, for the months from `from_month` (its first day) on.

    A month's forecast is fixed `lock_days` days before it begins; contacts are more than agreed where they
    are over it by more than `over_share` per cent. Of several from the same month the newest holds.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    from_month = models.DateField()
    lock_days = models.PositiveSmallIntegerField()
    over_share = models.PositiveSmallIntegerField()
    made_shown = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        verbose_name = _("forecast terms")
        verbose_name_plural = _("forecast terms")

    def __str__(self) -> str:
        return f"from {self.from_month}: {self.lock_days} days, {self.over_share} %"


class Forecast(BrandModel):
    """A file that the client uploaded; it counts from `used_at` on, with its `number` among those in use.

    Intervals are of `minutes`; `total` is in hundredths of contacts, days are those of `zone`.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    number = models.PositiveIntegerField(null=True, unique=True)
    filename = models.CharField(max_length=120, blank=True)
    zone = models.CharField(max_length=64)
    minutes = models.PositiveSmallIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()
    lines = models.PositiveIntegerField()
    total = models.BigIntegerField()
    uploaded_shown = models.CharField(max_length=120)
    uploaded_at = models.DateTimeField()
    used_shown = models.CharField(max_length=120, blank=True)
    used_at = models.DateTimeField(null=True)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(used_at__isnull=True, number__isnull=True)
                | models.Q(used_at__isnull=False, number__isnull=False),
                name="forecast_numbered_in_use",
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_day} to {self.last_day}"

    @property
    def step(self) -> timedelta:
        return timedelta(minutes=self.minutes)


class ForecastDay(BrandModel):
    """What a forecast says of a day and a queue: `contacts` of each interval from `starts_at` on.

    In hundredths, null where the file says nothing: that is no zero.
    """

    forecast = models.ForeignKey(Forecast, models.CASCADE, related_name="days")
    day = models.DateField()
    queue_id = models.BigIntegerField()
    starts_at = models.DateTimeField()
    contacts = models.JSONField()

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        verbose_name = _("day of a forecast")
        verbose_name_plural = _("days of forecasts")
        indexes = [models.Index(fields=["day", "queue_id"], name="forecast_day")]
        constraints = [
            models.UniqueConstraint(fields=["forecast", "day", "queue_id"], name="forecast_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.day}, queue {self.queue_id}"
