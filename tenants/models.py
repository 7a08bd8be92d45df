"""Brands, their hosts and entrances, the warm pool, the fleet's state, the labour log and the audit trail."""

import hashlib
from typing import Any, ClassVar, NoReturn

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django_tenants.models import TenantMixin

from core.hours import zones
from core.ids import new_ref
from tenants.choices import (
    BrandKind,
    BrandState,
    DomainKind,
    EndpointKind,
    EndpointState,
    FleetState,
)
from tenants.look.models import BrandLogo  # noqa: F401 - Django looks for tables here
from tenants.mail.models import MailIdentity, SystemMail  # noqa: F401 - Django looks for tables here
from tenants.onboarding.models import BulkEdit, BulkLine, OnboardingDraft, SoftLaunch  # noqa: F401 - the same

SLUG = RegexValidator(r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$", _("Lower-case letters, digits and hyphens."))


class ClientGroup(models.Model):  # type: ignore[django-manager-missing]
    """A company with several brands or countries: one group."""

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    legal_name = models.CharField(_("legal name"), max_length=200)

    class Meta:
        verbose_name = _("client group")
        verbose_name_plural = _("client groups")

    def __str__(self) -> str:
        return self.legal_name


class Brand(TenantMixin):  # type: ignore[misc]
    """A client's brand. `schema_name` is opaque and for life; `number` starts its ids (number x 10^11)."""

    auto_create_schema = False
    auto_drop_schema = False

    id = models.BigAutoField(primary_key=True)
    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    group = models.ForeignKey(
        ClientGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="brands"
    )
    kind = models.CharField(_("kind"), max_length=16, choices=BrandKind, default=BrandKind.CLIENT)
    state = models.CharField(_("state"), max_length=16, choices=BrandState, default=BrandState.ONBOARDING)
    slug = models.CharField(_("short name"), max_length=40, validators=[SLUG])
    schema_name = models.CharField(max_length=63, unique=True, editable=False)
    role_name = models.CharField(max_length=63, unique=True, editable=False)
    number = models.BigIntegerField(unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC")
    locales = models.JSONField(_("languages"), default=list, blank=True)
    week_start = models.PositiveSmallIntegerField(_("first day of the week"), default=1)
    hue = models.PositiveSmallIntegerField(_("hue"), default=210, validators=[MaxValueValidator(359)])
    logo = models.CharField(_("logo"), max_length=64, blank=True, default="", db_default="", editable=False)
    tone = models.CharField(_("tone"), max_length=120, blank=True)
    tone_do = models.TextField(_("do"), blank=True, help_text=_("One rule a line."))
    tone_dont = models.TextField(_("do not"), blank=True, help_text=_("One rule a line."))
    features = models.JSONField(default=dict, blank=True)
    cell = models.CharField(max_length=32, default="default", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        constraints = [
            models.UniqueConstraint(
                fields=["slug"], condition=~models.Q(state=BrandState.GONE), name="brand_slug_once"
            ),
            models.CheckConstraint(
                condition=models.Q(number__gte=1, number__lte=90_000), name="brand_ids_stay_below_2_53"
            ),
            models.CheckConstraint(condition=models.Q(hue__lt=360), name="brand_hue_is_an_angle"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.timezone not in zones():
            raise ValidationError({"timezone": _("Not a time zone. Write it like Europe/Stockholm.")})

    def __enter__(self) -> NoReturn:
        raise RuntimeError("tenants.scope.tenant_scope is the only way into a brand")

    def activate(self) -> NoReturn:
        raise RuntimeError("tenants.scope.tenant_scope is the only way into a brand")

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RuntimeError("a brand is taken down by tenants.actions.drop_brand; its row stays")


class Domain(models.Model):
    """A host name that serves one brand, once `verified_at` is set.

    A client's own is verified by a TXT record that holds `token`. `answer` is what the name service said at
    `checked_at`; `misses` counts the nights in a row on which the record was gone, after which it is lost.
    """

    host = models.CharField(_("host"), max_length=253, unique=True)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="domains")
    kind = models.CharField(max_length=16, choices=DomainKind, default=DomainKind.CUSTOM)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    token = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)
    answer = models.JSONField(default=dict, db_default={}, editable=False)
    misses = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    lost_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("host name")
        verbose_name_plural = _("host names")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(host=models.functions.Lower("host")), name="domain_host_is_lower"
            ),
            models.CheckConstraint(
                condition=models.Q(lost_at=None) | models.Q(verified_at=None),
                name="domain_lost_is_not_served",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["brand", "created_at", "id"], name="domain_by_brand"),
            models.Index(fields=["checked_at"], name="domain_by_check"),
        ]

    def __str__(self) -> str:
        return self.host


class SpareSchema(models.Model):
    """A ready schema that waits for its brand. `digest` names the migrations it was built from."""

    number = models.BigAutoField(primary_key=True)
    schema_name = models.CharField(max_length=63, unique=True)
    role_name = models.CharField(max_length=63, unique=True)
    digest = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("spare schema")
        verbose_name_plural = _("spare schemas")

    def __str__(self) -> str:
        return self.schema_name


class SchemaState(models.Model):
    """Which migrations a brand's schema has, and what went wrong with the last."""

    brand = models.OneToOneField(
        Brand, on_delete=models.CASCADE, related_name="schema_state", primary_key=True
    )
    digest = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=FleetState, default=FleetState.CURRENT)
    error = models.TextField(blank=True)
    migrated_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("schema state")
        verbose_name_plural = _("schema states")

    def __str__(self) -> str:
        return f"brand {self.brand_id}: {self.state}"


class Blueprint(models.Model):
    """The captured DDL of all brand migrations, replayed to make a schema; `digest` names the migrations."""

    digest = models.CharField(max_length=64, primary_key=True)
    ddl = models.TextField()
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("blueprint")
        verbose_name_plural = _("blueprints")

    def __str__(self) -> str:
        return self.digest[:12]


class Endpoint(models.Model):
    """An entrance from outside: a public key (later a number, a page, a mailbox) that leads to an inbox.

    `origins` lists the pages that may carry it, as `scheme://host[:port]`.
    """

    kind = models.CharField(max_length=16, choices=EndpointKind, default=EndpointKind.WEBCHAT)
    key = models.CharField(max_length=64, editable=False)
    key_digest = models.CharField(max_length=64, unique=True, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="endpoints")
    inbox_ref = models.UUIDField()
    state = models.CharField(max_length=16, choices=EndpointState, default=EndpointState.ACTIVE)
    origins = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = _("entrance")
        verbose_name_plural = _("entrances")

    def __str__(self) -> str:
        return f"{self.kind} of brand {self.brand_id}"

    @staticmethod
    def digest_of(key: str) -> str:
        return hashlib.sha256(key.encode()).hexdigest()


class IdempotentCall(models.Model):
    """One command by its caller's key: a repetition finds `ref` and is answered from the row it names."""

    key = models.CharField(max_length=80)
    actor = models.CharField(max_length=80)
    route = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    ref = models.UUIDField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "route", "key"], name="call_once")]
        indexes = [models.Index(fields=["at"], name="call_by_age")]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"


class AuditRow(models.Model):
    """Who did what. Append-only: the application's role may not change or remove one."""

    at = models.DateTimeField(db_default=Now())
    actor = models.CharField(max_length=120)
    brand_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=64)
    object = models.CharField(max_length=200, blank=True)
    diff = models.JSONField(default=dict)
    reason = models.CharField(max_length=200, blank=True)
    era = models.PositiveIntegerField(db_default=1)
    txid = models.BigIntegerField(db_default=models.Func(function="txid_current"))

    class Meta:
        verbose_name = _("audit row")
        verbose_name_plural = _("audit trail")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["brand_id", "at", "id"], name="audit_by_brand"),
            models.Index(fields=["brand_id", "verb", "at", "id"], name="audit_by_verb"),
            models.Index(fields=["brand_id", "actor", "at", "id"], name="audit_by_actor"),
            models.Index(fields=["era", "txid", "id"], name="audit_log"),
            models.Index(fields=["object", "at", "id"], name="audit_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.object}"


class AuditSeal(models.Model):
    """One link of a chain over audit rows: a brand's, or the provider's (`brand_id` null). Append-only.

    `hash` is made of the row, the position and the hash before (`tenants.trail.canonical`, form `v`);
    `marks` are the beginnings of each column's own hash, so that a broken link can say which column differs.
    `era` and `txid` are the row's: the newest seal is the sealer's place in the log.
    """

    brand_id = models.BigIntegerField(null=True)
    position = models.BigIntegerField()
    row_id = models.BigIntegerField(unique=True)
    era = models.PositiveIntegerField()
    txid = models.BigIntegerField()
    v = models.PositiveSmallIntegerField()
    marks = models.BinaryField()
    hash = models.BinaryField()
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("audit seal")
        verbose_name_plural = _("audit seals")
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "position"], nulls_distinct=False, name="seal_position_once"
            ),
            models.CheckConstraint(condition=models.Q(position__gte=1), name="seal_position_from_1"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["era", "txid", "row_id"], name="seal_place")
        ]

    def __str__(self) -> str:
        return f"{f'brand {self.brand_id}' if self.brand_id else 'provider'}: {self.position}"


class LabourEvent(models.Model):
    """The public log: `brand.*`, `agent.*`, `offer.*`. Append-only; ids, numbers and codes, never a name."""

    ref = models.UUIDField(default=new_ref, unique=True)
    brand_id = models.BigIntegerField(null=True)
    v = models.PositiveSmallIntegerField(default=1)
    era = models.PositiveIntegerField(db_default=1)
    txid = models.BigIntegerField(db_default=models.Func(function="txid_current"))
    n = models.PositiveIntegerField(null=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=models.Func(function="clock_timestamp"))
    kind = models.CharField(max_length=48)
    interaction_ref = models.UUIDField(null=True)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.BigIntegerField(null=True)
    is_test = models.BooleanField(default=False)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("labour event")
        verbose_name_plural = _("labour events")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["era", "txid", "id"], name="labour_log"),
            models.Index(fields=["brand_id", "occurred_at"], name="labour_by_brand"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.occurred_at:%Y-%m-%d %H:%M:%S}"
