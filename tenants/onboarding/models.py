"""The tables of onboarding: a client that is being set up, one that is open to some visitors alone,
and edits from a blueprint over several clients.
"""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.ids import new_ref
from tenants.choices import BrandKind, BulkOutcome, BulkState, DraftState, LogoKind


class OnboardingDraft(models.Model):
    """A client that is being set up. `data`: {step: cleaned data}, plain JSON; emptied when it is undone.

    `version` rises with each change: who saves from an older screen is told. `key` and `digest` name the file
    it came from, so that the same file makes nothing twice. Until it is built there is no brand at all.
    A sandbox's stays open: by it the sandbox is made anew.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    brand = models.OneToOneField(
        "tenants.Brand", on_delete=models.PROTECT, null=True, blank=True, related_name="onboarding"
    )
    kind = models.CharField(
        max_length=16, choices=BrandKind, default=BrandKind.CLIENT, db_default=BrandKind.CLIENT
    )
    blueprint = models.CharField(max_length=40, default="blank")
    data = models.JSONField(default=dict, blank=True)
    step = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=16, choices=DraftState, default=DraftState.DRAFT)
    key = models.CharField(max_length=80, null=True, blank=True)  # noqa: DJ001 - unique when present
    digest = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.CharField(max_length=120)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "tenants"
        verbose_name = _("onboarding")
        verbose_name_plural = _("onboardings")
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=~models.Q(state=DraftState.UNDONE), name="onboarding_key_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[DraftState.DRAFT, DraftState.UNDONE])
                | models.Q(brand__isnull=False),
                name="onboarding_built_has_brand",
            ),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="onboarding_version_from_1"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "-changed_at"], name="onboarding_by_state")
        ]

    def __str__(self) -> str:
        return f"{self.data.get('brand', {}).get('name') or self.ref}: {self.state}"


class DraftLogo(models.Model):
    """The logo of a client that is being set up, as it will be served. It goes when the draft is undone."""

    draft = models.OneToOneField(
        OnboardingDraft, on_delete=models.CASCADE, primary_key=True, related_name="logo"
    )
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, choices=LogoKind)
    body = models.BinaryField()
    kept_at = models.DateTimeField()

    class Meta:
        app_label = "tenants"
        verbose_name = _("logo of an onboarding")
        verbose_name_plural = _("logos of onboardings")

    def __str__(self) -> str:
        return f"logo {self.digest[:12]} of onboarding {self.draft_id}"


MINUTES = [MaxValueValidator(1440)]


class SoftLaunch(models.Model):
    """How far a client is open while not all may come in. It goes when the client is live; a pause keeps it.

    `opens` and `closes` are minutes since midnight in the brand's zone, both or none; `share` is per cent.
    """

    brand = models.OneToOneField(
        "tenants.Brand", on_delete=models.CASCADE, primary_key=True, related_name="soft_launch"
    )
    share = models.PositiveSmallIntegerField(
        _("share"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    opens = models.PositiveSmallIntegerField(_("opens"), null=True, blank=True, validators=MINUTES)
    closes = models.PositiveSmallIntegerField(_("closes"), null=True, blank=True, validators=MINUTES)
    most_open = models.PositiveSmallIntegerField(_("at once"), validators=[MinValueValidator(1)])
    began_by = models.CharField(max_length=120)
    began_at = models.DateTimeField()

    class Meta:
        app_label = "tenants"
        verbose_name = _("soft launch")
        verbose_name_plural = _("soft launches")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(share__gte=1, share__lte=100, most_open__gte=1), name="soft_launch_numbers"
            ),
            models.CheckConstraint(
                condition=models.Q(opens=None, closes=None)
                | (
                    models.Q(opens__isnull=False, opens__lt=1440, closes__isnull=False, closes__lte=1440)
                    & ~models.Q(opens=models.F("closes"))
                ),
                name="soft_launch_window",
            ),
        ]

    def __str__(self) -> str:
        return f"brand {self.brand_id}: {self.share} %"


class BulkEdit(models.Model):
    """Parts of a blueprint put over several clients. `parts` are names of tenants.onboarding.parts."""

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    blueprint = models.CharField(max_length=40)
    parts = models.JSONField(default=list)
    state = models.CharField(max_length=16, choices=BulkState, default=BulkState.DRAFT)
    created_by = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        app_label = "tenants"
        verbose_name = _("edit over several clients")
        verbose_name_plural = _("edits over several clients")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-created_at", "-id"], name="bulk_edit_newest"),
            models.Index(
                fields=["id"], condition=models.Q(state__in=[BulkState.RUNNING, BulkState.UNDOING]),
                name="bulk_edit_going",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.blueprint}: {', '.join(self.parts)}"


class BulkLine(models.Model):
    """One client of it. `before` and `after`: {part: value} of the parts that were changed.

    `overwrite`: {part: mark} of what the client has of its own and shall lose, as it was looked at; `kept`
    are the parts that were left as they are, with the reason's code: `own`, `moved`, `changed_since`.
    """

    edit = models.ForeignKey(BulkEdit, on_delete=models.CASCADE, related_name="lines")
    brand = models.ForeignKey("tenants.Brand", on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=16, choices=BulkOutcome, default=BulkOutcome.WAITING)
    overwrite = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    kept = models.JSONField(default=dict)
    fault = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        app_label = "tenants"
        verbose_name = _("client of an edit")
        verbose_name_plural = _("clients of an edit")
        constraints = [models.UniqueConstraint(fields=["edit", "brand"], name="bulk_line_once")]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["edit", "outcome", "id"], name="bulk_line_by_outcome"),
            models.Index(fields=["brand", "-id"], name="bulk_line_by_brand"),
        ]

    def __str__(self) -> str:
        return f"{self.edit_id} in brand {self.brand_id}: {self.outcome}"
