"""The public tables of this room in Django's admin. Brands are made and dropped by tenants.actions only."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest

from tenants import cards
from tenants.audit import audit, changes, values_of
from tenants.choices import BrandState
from tenants.mail.models import MailIdentity, SystemMail
from tenants.models import (
    AuditRow,
    AuditSeal,
    Brand,
    ClientGroup,
    Domain,
    Endpoint,
    LabourEvent,
    SchemaState,
    SpareSchema,
)
from tenants.onboarding.models import BulkEdit, BulkLine, DraftLogo, OnboardingDraft, SoftLaunch


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows and changes nothing."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Announced(admin.ModelAdmin):  # type: ignore[type-arg]
    """What a card is made of: every change is written down and told to all processes."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = type(obj)._default_manager.filter(pk=obj.pk).values(*form.changed_data).first() or {}
        super().save_model(request, obj, form, change)
        diff = changes(before, values_of(obj, form.changed_data))
        self._announce(request, obj, "changed" if change else "created", diff)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._announce(request, obj, "deleted")
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        """Delete one by one: Django's own "delete selected" would tell nobody."""
        with transaction.atomic():
            for obj in queryset:
                self.delete_model(request, obj)

    def _announce(
        self, request: HttpRequest, obj: Any, what: str, diff: dict[str, list[Any]] | None = None
    ) -> None:
        kind = obj._meta.model_name
        brand_id = obj.pk if kind == "brand" else getattr(obj, "brand_id", None)
        who, of = f"user:{request.user.pk}", f"{kind}:{obj.pk}"
        audit(f"{kind}.{what}", actor=who, brand_id=brand_id, object=of, diff=diff)
        cards.changed()


@admin.register(Brand)
class BrandAdmin(Announced):
    list_display = ("name", "slug", "kind", "state", "timezone", "created_at")
    list_filter = ("state", "kind")
    search_fields = ("name", "slug")
    readonly_fields = ("ref", "schema_name", "role_name", "number", "created_at")

    def formfield_for_choice_field(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.TypedChoiceField | None:
        """Offer every state but `gone`, which would leave schema, role and entrances standing, and `soft`,
        which says nothing without its plan.
        """
        if db_field.name == "state":
            verbs_only = {BrandState.GONE, BrandState.SOFT}
            kwargs["choices"] = [choice for choice in BrandState.choices if choice[0] not in verbs_only]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Brand | None = None) -> bool:
        """A brand that is gone has no schema to come back to."""
        gone = obj is not None and obj.state == BrandState.GONE
        return not gone and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Domain)
class DomainAdmin(Announced):
    list_display = ("host", "brand", "kind", "verified_at")
    list_select_related = ("brand",)
    search_fields = ("host",)
    readonly_fields = ("host", "brand", "kind", "verified_at", "checked_at", "lost_at", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A host comes by the console, where the name service has to say whose it is."""
        return False


@admin.register(Endpoint)
class EndpointAdmin(Announced):
    list_display = ("brand", "kind", "state")
    list_select_related = ("brand",)
    readonly_fields = ("key", "brand", "kind", "inbox_ref")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(AuditRow)
class AuditRowAdmin(ReadOnly):
    list_display = ("at", "actor", "verb", "object", "brand_id", "reason")
    list_filter = ("verb",)
    search_fields = ("actor", "object")
    ordering = ("-at",)


@admin.register(AuditSeal)
class AuditSealAdmin(ReadOnly):
    list_display = ("brand_id", "position", "row_id", "sealed_at")
    exclude = ("marks", "hash")
    ordering = ("-pk",)


@admin.register(LabourEvent)
class LabourEventAdmin(ReadOnly):
    list_display = ("occurred_at", "kind", "brand_id", "actor_kind", "actor_id", "is_test")
    list_filter = ("kind",)
    ordering = ("-id",)


@admin.register(SchemaState)
class SchemaStateAdmin(ReadOnly):
    list_display = ("brand", "state", "migrated_at", "error")
    list_select_related = ("brand",)


@admin.register(SpareSchema)
class SpareSchemaAdmin(ReadOnly):
    list_display = ("schema_name", "number", "created_at")


@admin.register(OnboardingDraft)
class OnboardingDraftAdmin(ReadOnly):
    list_display = ("ref", "state", "brand", "step", "created_by", "changed_at")
    list_filter = ("state",)
    list_select_related = ("brand",)
    ordering = ("-changed_at",)


@admin.register(DraftLogo)
class DraftLogoAdmin(ReadOnly):
    """Pictures by what names them; the bytes are the wizard's to show."""

    list_display = ("draft", "kind", "digest", "kept_at")
    list_filter = ("kind",)
    list_select_related = ("draft",)
    exclude = ("body",)
    ordering = ("-kept_at",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[DraftLogo]:
        return super().get_queryset(request).defer("body")


@admin.register(SystemMail)
class SystemMailAdmin(ReadOnly):
    """Mails without their texts, which hold links that open things."""

    list_display = ("created_at", "kind", "to", "subject", "state", "brand")
    list_filter = ("state", "kind")
    list_select_related = ("brand",)
    search_fields = ("to", "subject")
    exclude = ("text", "html")
    ordering = ("-created_at",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[SystemMail]:
        return super().get_queryset(request).defer("text", "html")


@admin.register(MailIdentity)
class MailIdentityAdmin(ReadOnly):
    """Whom the brands' mails are from; passwords are seen nowhere."""

    list_display = ("brand", "from_name", "from_address", "smtp_host", "changed_at")
    list_select_related = ("brand",)
    exclude = ("smtp_password",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[MailIdentity]:
        return super().get_queryset(request).defer("smtp_password")


@admin.register(ClientGroup)
class ClientGroupAdmin(Announced):
    list_display = ("legal_name",)
    search_fields = ("legal_name",)


@admin.register(SoftLaunch)
class SoftLaunchAdmin(ReadOnly):
    list_display = ("brand", "share", "opens", "closes", "most_open", "began_at")
    list_select_related = ("brand",)


@admin.register(BulkEdit)
class BulkEditAdmin(ReadOnly):
    list_display = ("created_at", "blueprint", "state", "created_by", "changed_at")
    list_filter = ("state",)


@admin.register(BulkLine)
class BulkLineAdmin(ReadOnly):
    list_display = ("edit", "brand", "outcome", "changed_at")
    list_filter = ("outcome",)
    list_select_related = ("edit", "brand")
