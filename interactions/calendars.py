"""When a brand answers: its calendars and closures. Local times are minutes since midnight (core.hours)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.hours import DAY
from core.ids import new_ref
from interactions.choices import ClosureKind, HolidayKind, Line
from tenants.guard import BrandManager, BrandModel


class Calendar(BrandModel):
    """Opening hours under a name: a week in a zone, public holidays of a country, dates of its own.

    `version` counts its changes: who saves an older one is refused.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    name = models.CharField(max_length=80)
    zone = models.CharField(max_length=64)
    country = models.CharField(max_length=2, blank=True)
    subdivision = models.CharField(max_length=20, blank=True)
    version = models.IntegerField(default=1)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        constraints = [
            models.UniqueConstraint(fields=["name"], name="calendar_name_once"),
            models.CheckConstraint(
                condition=models.Q(subdivision="") | ~models.Q(country=""), name="calendar_part_of_a_country"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Period(BrandModel):
    """Open on this weekday (0 = Monday) within `[opens, closes)`; a night is two periods."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="periods", db_index=False)
    weekday = models.SmallIntegerField()
    opens = models.SmallIntegerField()
    closes = models.SmallIntegerField()

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        verbose_name = _("opening period")
        verbose_name_plural = _("opening periods")
        constraints = [
            models.UniqueConstraint(fields=["calendar", "weekday", "opens"], name="period_begins_once"),
            models.CheckConstraint(condition=models.Q(weekday__range=(0, 6)), name="period_on_a_weekday"),
            models.CheckConstraint(
                condition=models.Q(opens__gte=0, closes__gt=models.F("opens"), closes__lte=DAY),
                name="period_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday}: {self.opens}-{self.closes}"


class Holiday(BrandModel):
    """A date of the calendar's own; it wins over the week and over public holidays.

    `periods`: [[opens, closes], …] of a day with hours of its own, else [].
    """

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="holidays", db_index=False)
    day = models.DateField()
    name = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=8, choices=HolidayKind, default=HolidayKind.CLOSED)
    periods = models.JSONField(default=list, blank=True)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        verbose_name = _("own date")
        verbose_name_plural = _("own dates")
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day"], name="holiday_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(models.Q(kind=HolidayKind.HOURS), ~models.Q(periods=[]))
                | models.Q(~models.Q(kind=HolidayKind.HOURS), models.Q(periods=[])),
                name="holiday_hours_if_it_has_any",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"


class Closure(BrandModel):
    """Nobody answers within `[started_at, ended_at)`, whatever the hours say; null: until further notice.

    It is for the queues of a calendar, for one queue, or with neither for the whole brand. `texts`: what
    customers read, by language. `reason` is for the operator, `by` who closed (`user:7`). One that was taken
    back before it began is empty. `line`: what becomes of those who wait already; `helps`: whether others
    whom the queue overflows to are asked meanwhile.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    calendar = models.ForeignKey(Calendar, models.CASCADE, null=True, related_name="closures", db_index=False)
    queue = models.ForeignKey(
        "interactions.Queue", models.CASCADE, null=True, related_name="closures", db_index=False
    )
    kind = models.CharField(
        max_length=12, choices=ClosureKind, default=ClosureKind.EMERGENCY, db_default=ClosureKind.EMERGENCY
    )
    line = models.CharField(max_length=8, choices=Line, default=Line.SERVED, db_default=Line.SERVED)
    helps = models.BooleanField(default=True, db_default=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    texts = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=120)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        indexes = [models.Index(fields=["ended_at"], name="closure_by_end")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("started_at")),
                name="closure_half_open",
            ),
            models.CheckConstraint(
                condition=models.Q(calendar__isnull=True) | models.Q(queue__isnull=True),
                name="closure_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"closed from {self.started_at}"
