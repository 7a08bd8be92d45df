"""Tables of what is sent: plans, who gets their mails, which periods were sent, mails, links, openings."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import new_ref
from reporting.choices import AgentNames, ChartPlace, FileForm, Span
from reporting.issued.models import IssuedReport
from tenants.guard import BrandManager, BrandModel

HOURS = 24


class ReportPlan(BrandModel):
    """How reports of a kind are sent: at `hour` of the day in the client's zone, once for each period.

    `since`: when it was switched on last; what was due before is not sent. `forms`: which files are attached.
    """

    kind = models.CharField(max_length=5, choices=Span, unique=True)
    is_on = models.BooleanField(default=False)
    since = models.DateTimeField(null=True)
    hour = models.PositiveSmallIntegerField(default=8)
    language = models.CharField(max_length=8)
    agents = models.CharField(max_length=6, choices=AgentNames, default=AgentNames.ALIAS)
    forms = models.JSONField(default=list, blank=True)
    chart = models.CharField(max_length=8, choices=ChartPlace, default=ChartPlace.INLINE)
    changed_shown = models.CharField(max_length=120)
    changed_at = models.DateTimeField()

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        verbose_name = _("plan of reports")
        verbose_name_plural = _("plans of reports")
        constraints = [
            models.CheckConstraint(condition=models.Q(hour__lt=HOURS), name="plan_hour_of_a_day"),
            models.CheckConstraint(
                condition=models.Q(is_on=False) | models.Q(since__isnull=False), name="plan_on_since"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {'on' if self.is_on else 'off'}"


class PlanReader(BrandModel):
    """Who gets a plan's mails: somebody with a seat or an address. `stopped_at`: they said stop."""

    plan = models.ForeignKey(ReportPlan, on_delete=models.CASCADE, related_name="readers")
    user_id = models.BigIntegerField(null=True)
    address = models.EmailField(blank=True)
    stopped_at = models.DateTimeField(null=True)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        verbose_name = _("reader of a plan")
        verbose_name_plural = _("readers of a plan")
        constraints = [
            models.UniqueConstraint(fields=["plan", "user_id", "address"], name="plan_reader_once",
                                    nulls_distinct=False),
            models.CheckConstraint(
                condition=models.Q(user_id__isnull=False, address="")
                | (models.Q(user_id__isnull=True) & ~models.Q(address="")),
                name="plan_reader_is_one",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.address or f"user {self.user_id}"


class PlanRun(BrandModel):
    """A period that a plan has sent: once, whoever dies where."""

    kind = models.CharField(max_length=5, choices=Span)
    first = models.DateField()
    report = models.ForeignKey(IssuedReport, on_delete=models.PROTECT, related_name="runs")
    ran_at = models.DateTimeField()

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        verbose_name = _("period that was sent")
        verbose_name_plural = _("periods that were sent")
        constraints = [models.UniqueConstraint(fields=["kind", "first"], name="plan_run_once")]

    def __str__(self) -> str:
        return f"{self.kind} from {self.first}"


class ReportMail(BrandModel):
    """A mail with a report: `mail_ref` is its row in the outbox, which knows what became of it.

    `key` names what it is about, so that said again it is the same mail. `shown`: who sent it, "" for a plan.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    key = models.CharField(max_length=120, unique=True)
    report = models.ForeignKey(IssuedReport, on_delete=models.PROTECT, related_name="mails")
    mail_ref = models.UUIDField(unique=True)
    name = models.CharField(max_length=150, blank=True)
    address = models.EmailField()
    shown = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        verbose_name = _("mail with a report")
        verbose_name_plural = _("mails with reports")

    def __str__(self) -> str:
        return f"report {self.report_id} to {self.address}"


class ReportLink(BrandModel):
    """What opens one report without a sign-in: of its token only the digest is kept.

    `made_for` is whom it was sent to or what was noted, `made_shown` who made it ("" for a plan). `reader`:
    whose mails of the plan it can stop. `expires_at` is exclusive.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    key = models.CharField(max_length=120, unique=True)
    report = models.ForeignKey(IssuedReport, on_delete=models.PROTECT, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    reader = models.ForeignKey(PlanReader, on_delete=models.SET_NULL, null=True, related_name="+")
    made_for = models.CharField(max_length=254, blank=True)
    made_shown = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        verbose_name = _("link to a report")
        verbose_name_plural = _("links to reports")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at")), name="report_link_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"link to report {self.report_id}"

    def is_good(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.expires_at


class LinkOpening(BrandModel):
    """Somebody opened a link: `network` is their address without its end, "" when nobody told it."""

    link = models.ForeignKey(ReportLink, on_delete=models.CASCADE, related_name="openings")
    at = models.DateTimeField()
    network = models.CharField(max_length=45, blank=True)
    form = models.CharField(max_length=4, choices=FileForm, blank=True)  # "": the page

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        verbose_name = _("opening of a link")
        verbose_name_plural = _("openings of links")

    def __str__(self) -> str:
        return f"link {self.link_id} at {self.at}"
