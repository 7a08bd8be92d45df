"""Tables of what was issued. The brand's role may INSERT and SELECT, nothing else (tenants.grants)."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import new_ref
from reporting.choices import FileForm, Span
from reporting.periods import Period
from tenants.guard import BrandManager, BrandModel


class IssuedReport(BrandModel):
    """A version of a period's report: the brand's days `[first, last]` in `zone`, both within.

    `document` is canonical JSON (reporting.issued.document), `digest` the sha256 of its bytes. `restates`:
    the version before, and `note` why; a first version may have a note too. `agent_ids`: who is agent
    number 1 in it, and so on; no document says it.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=5, choices=Span)
    first = models.DateField()
    last = models.DateField()
    zone = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    version = models.PositiveSmallIntegerField()
    restates = models.UUIDField(null=True, unique=True)
    document = models.TextField()
    digest = models.CharField(max_length=64)
    agent_ids = ArrayField(models.BigIntegerField(), default=list)
    note = models.CharField(max_length=300, blank=True)
    is_test = models.BooleanField(default=False)
    issued_by = models.CharField(max_length=120)
    issued_shown = models.CharField(max_length=120)
    issued_at = models.DateTimeField()

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        verbose_name = _("issued report")
        verbose_name_plural = _("issued reports")
        indexes = [models.Index(fields=["first", "kind"], name="issued_by_first")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "first", "version"], name="issued_once"),
            models.CheckConstraint(condition=models.Q(last__gte=models.F("first")), name="issued_in_order"),
            models.CheckConstraint(
                condition=models.Q(version=1, restates__isnull=True)
                | (models.Q(version__gt=1, restates__isnull=False) & ~models.Q(note="")),
                name="issued_restates_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} from {self.first}, version {self.version}"

    @property
    def period(self) -> Period:
        first: date = self.first
        return Period(first, (self.last - first).days + 1, Span(self.kind))


class IssuedFile(BrandModel):
    """A report's file, made once by `maker` (its program and version) and the same bytes ever after."""

    report = models.ForeignKey(IssuedReport, on_delete=models.PROTECT, related_name="files")
    form = models.CharField(max_length=4, choices=FileForm)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    maker = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        verbose_name = _("file of an issued report")
        verbose_name_plural = _("files of issued reports")
        constraints = [models.UniqueConstraint(fields=["report", "form"], name="issued_file_once")]

    def __str__(self) -> str:
        return f"{self.form} of report {self.report_id}"
