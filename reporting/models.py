"""What the two sides of a report agree on, and what is computed from the log and kept."""

from datetime import date
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import new_ref
from reporting.choices import Cause, Counted, ExclusionState, Window
from reporting.forecasts.models import Forecast, ForecastDay, ForecastTerms  # noqa: F401 - tables
from reporting.incidents import Annotation as Annotation
from reporting.intervals import Key
from reporting.issued.models import IssuedFile, IssuedReport  # noqa: F401 - Django looks for tables here
from reporting.labour.models import LabourMinutes as LabourMinutes
from reporting.measures import Sums
from reporting.packing import sums_kept
from reporting.sending.models import (  # noqa: F401 - the same
    LinkOpening,
    PlanReader,
    PlanRun,
    ReportLink,
    ReportMail,
    ReportPlan,
)
from tenants.guard import BrandManager, BrandModel, BrandQuerySet


class Exclusion(BrandModel):
    """An interval `[started_at, ended_at)` that is proposed to be left out of the service report.

    `cause`: why. One of an emergency names its closure; null as its end: the closure goes on. `queue_ids`:
    whose contacts, none is every queue's; `label` names them. `evidence` and `references`
    (reporting.evidence) are what the operator shows, `measured` what an overrun was found by: {"offered",
    "agreed" in hundredths, "share", "version"}. `*_by` is who (`user:7`), `*_shown` the name that the report
    says.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    key = models.UUIDField(unique=True, null=True)
    closure_ref = models.UUIDField(unique=True, null=True)
    cause = models.CharField(max_length=8, choices=Cause, default=Cause.CLOSURE, db_default=Cause.CLOSURE)
    evidence = models.CharField(max_length=2000, blank=True, db_default="")
    references = models.JSONField(default=list, blank=True, db_default=models.Value([], models.JSONField()))
    measured = models.JSONField(null=True)
    queue_ids = models.JSONField(default=list, blank=True)
    label = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    proposed_by = models.CharField(max_length=120)
    proposed_shown = models.CharField(max_length=120)
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=ExclusionState, default=ExclusionState.PROPOSED)
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
                condition=models.Q(
                    state__in=[ExclusionState.PROPOSED, ExclusionState.WITHDRAWN], answered_at__isnull=True
                )
                | models.Q(
                    state__in=[ExclusionState.ACCEPTED, ExclusionState.REFUSED], answered_at__isnull=False
                ),
                name="exclusion_answered_or_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.started_at}: {self.label or 'every queue'}, {self.state}"


class Kept(BrandModel):
    """Under a key (reporting.intervals.Key), packed by `reporting.packing`. `actions.rollups` writes it."""

    interval_start = models.DateTimeField()
    queue_id = models.BigIntegerField()
    channel = models.CharField(max_length=16)
    agent_id = models.BigIntegerField()
    numbers = ArrayField(models.BigIntegerField())

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"queue {self.queue_id} from {self.interval_start:%Y-%m-%d %H:%M}"

    @property
    def key(self) -> Key:
        return Key(self.interval_start, self.queue_id, self.channel, self.agent_id)


class Fact(Kept):
    """What one contact adds to every sum: a function of the log, nothing of a test.

    `reason` is the code of what was closed, "" of what was not; `target` its share and seconds.
    """

    interaction_ref = models.UUIDField()
    entry = models.IntegerField()
    reason = models.CharField(max_length=64, blank=True)
    target = models.BigIntegerField()
    lengths = ArrayField(models.BigIntegerField())
    buckets = ArrayField(models.IntegerField())

    class Meta(Kept.Meta):
        abstract = False
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        indexes = [
            models.Index(fields=["interval_start", "queue_id", "channel", "agent_id"], name="fact_by_key"),
            models.Index(fields=["target", "interval_start"], name="fact_by_target"),
        ]
        constraints = [models.UniqueConstraint(fields=["interaction_ref", "entry"], name="fact_once")]


class Rollup(Kept):
    """The facts of a quarter of an hour, a queue, a channel and an agent, added up.

    `reasons`: {code: how many were closed with it}.
    """

    spreads = ArrayField(models.BigIntegerField())
    reasons = models.JSONField(default=dict)

    class Meta(Kept.Meta):
        abstract = False
        verbose_name = _("roll-up")
        verbose_name_plural = _("roll-ups")
        constraints = [
            models.UniqueConstraint(
                fields=["interval_start", "queue_id", "channel", "agent_id"], name="rollup_once"
            )
        ]

    @property
    def sums(self) -> Sums:
        return sums_kept(self.numbers, self.spreads)


class DayRollup(BrandModel):
    """The roll-ups of a day that is over, `[start_at, end_at)`, by queue; 0 is the day itself, without sums.

    It is gone as soon as one of its quarters changes; who reads takes the quarters then.
    """

    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    queue_id = models.BigIntegerField()
    numbers = ArrayField(models.BigIntegerField())
    spreads = ArrayField(models.BigIntegerField())
    reasons = models.JSONField(default=dict)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        verbose_name = _("roll-up of a day")
        verbose_name_plural = _("roll-ups of days")
        constraints = [
            models.UniqueConstraint(fields=["start_at", "queue_id"], name="day_rollup_once"),
            models.CheckConstraint(
                condition=models.Q(end_at__gt=models.F("start_at")), name="day_rollup_half_open"
            ),
        ]

    def __str__(self) -> str:
        return f"queue {self.queue_id}, day from {self.start_at:%Y-%m-%d %H:%M}"


class ClauseQuerySet(BrandQuerySet["Clause"]):
    def standing(self) -> Self:
        """Those that were not taken back."""
        return self.filter(withdrawn_at__isnull=True)

    def of(self, row: "Clause") -> Self:
        """The versions of the row's clause, in order; it may be unsaved."""
        same = {name: getattr(row, name) for name in Clause.SAME}
        return self.standing().filter(**same).order_by("from_date")

    def within(self, first: date, last: date) -> Self:
        """Those in force on some day from `first` to `last`."""
        lasting = models.Q(until_date__isnull=True) | models.Q(until_date__gt=first)
        return self.standing().filter(lasting, from_date__lte=last)


class Clause(BrandModel):
    """A version of a service target, in force on the brand's days `[from_date, until_date)`; null: no end.

    Versions with the same `SAME` are one clause, at most one of them in force on a day. `metric` is a key of
    the catalogue, `queue_ids` whose contacts, ascending, none is every queue's; `target` and `minimum` are
    in the metric's unit as it is shown. `follows`: the version that it changed. Written by
    `actions.clauses` alone, days that are over never.
    """

    SAME: ClassVar = ("metric", "counted", "window", "queue_ids")

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    metric = models.CharField(max_length=40)
    counted = models.CharField(max_length=8, choices=Counted)
    window = models.CharField(max_length=5, choices=Window)
    queue_ids = models.JSONField(default=list, blank=True)
    target = models.DecimalField(max_digits=9, decimal_places=2)
    minimum = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    weight = models.PositiveSmallIntegerField(default=1)
    from_date = models.DateField()
    until_date = models.DateField(null=True)
    follows = models.UUIDField(null=True)
    made_shown = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar[BrandManager] = BrandManager.from_queryset(ClauseQuerySet)()

    class Meta(BrandModel.Meta):
        verbose_name = _("service target")
        verbose_name_plural = _("service targets")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_date__isnull=True) | models.Q(until_date__gt=models.F("from_date")),
                name="clause_half_open",
            ),
            models.UniqueConstraint(
                fields=["metric", "counted", "window", "queue_ids", "from_date"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="clause_begins_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.target} from {self.from_date}"

    def covers(self, day: date) -> bool:
        """Whether it is in force on the day."""
        return self.from_date <= day and (self.until_date is None or day < self.until_date)
