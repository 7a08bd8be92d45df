"""Rows of this room in Django's admin, on the provider's host; seats change through the verbs."""

from typing import Any

from allauth.account.admin import EmailAddress
from allauth.account.decorators import secure_admin_login
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import actions
from accounts.choices import Language
from accounts.invitations import withdraw_of
from accounts.keys.models import ApiKey
from accounts.models import Invitation, Membership, User
from accounts.security import admin as security  # noqa: F401 - registers what it shows
from accounts.timed import Elevation, SeeAs
from core import clock
from tenants.admin import ReadOnly
from tenants.audit import audit

RIGHTS = ("is_active", "is_staff", "is_superuser")

# Rights are memberships, and an address is the user's one: neither has a second place to be changed.
admin.site.unregister([Group, EmailAddress])
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class NewUserForm(AdminUserCreationForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("email", "name")


@admin.register(User)
class PeopleAdmin(UserAdmin):  # type: ignore[type-arg]
    add_form = NewUserForm
    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("email", "password", "name", "language", "theme", "timezone")}),
        (_("Rights"), {"fields": RIGHTS}),
        (_("Dates"), {"fields": ("last_login", "created_at")}),
    )
    readonly_fields = ("last_login", "created_at")
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)

    def formfield_for_choice_field(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.TypedChoiceField | None:
        """Offer the languages that screens and mails speak, no more."""
        if db_field.name == "language":
            kwargs["choices"] = [one for one in Language.choices if one[0] in settings.CLIENT_LANGUAGES]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: forms.Form, change: bool) -> None:
        """Save, write down what changed (rights also to what, all else by name alone), tell sockets."""
        super().save_model(request, obj, form, change)
        given = {right: int(getattr(obj, right)) for right in RIGHTS if right in form.changed_data}
        audit(
            "user.changed" if change else "user.created",
            actor=f"user:{request.user.pk}",
            object=f"user:{obj.pk}",
            diff={"fields": sorted(form.changed_data), **given} if change else given,
            now=clock.now(),
        )
        actions.access_changed(obj.pk)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody is deleted: the audit trail and the ledger name them. Who may not sign in is inactive."""
        return False


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Invitations are made, sent again and withdrawn in the console; here they are looked at."""

    list_display = ("email", "brand", "role", "created_at", "expires_at", "accepted_at", "withdrawn_at")
    list_filter = ("role",)
    list_select_related = ("brand",)
    search_fields = ("email",)
    exclude = ("digest", "mail")
    ordering = ("-created_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("user", "brand", "role", "state", "valid_until")
    list_filter = ("role", "state")
    search_fields = ("user__email",)
    list_select_related = ("user", "brand")
    fields = ("user", "brand", "role", "valid_until")
    autocomplete_fields = ("user",)
    actions = ("revoke",)

    def has_change_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Membership, form: forms.Form, change: bool) -> None:
        granted = actions.grant_membership(
            obj.user_id,
            role=obj.role,
            brand_id=obj.brand_id,
            valid_until=obj.valid_until,
            actor=f"user:{request.user.pk}",
            now=clock.now(),
        )
        obj.pk = granted.pk

    @admin.action(description=_("Revoke the selected memberships"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        who, now = f"user:{request.user.pk}", clock.now()
        for seat in queryset:
            actions.revoke_membership(
                seat.user_id, role=seat.role, brand_id=seat.brand_id, actor=who, now=now
            )
            withdraw_of(seat.user_id, brand_id=seat.brand_id, actor=who, now=now)


class LookedAtAdmin(ReadOnly):
    """Rows that verbs write: here they are looked at."""

    list_select_related = ("user", "brand")
    search_fields = ("user__email", "reason")
    list_filter = ("role",)
    ordering = ("-started_at",)


@admin.register(Elevation)
class ElevationAdmin(LookedAtAdmin):
    list_display = ("user", "brand", "from_role", "role", "reason", "started_at", "ends_at", "ended_at")


@admin.register(SeeAs)
class SeeAsAdmin(LookedAtAdmin):
    list_display = ("user", "brand", "role", "reason", "started_at", "ends_at", "ended_at")


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Keys are made and revoked in the console; here they are looked at."""

    list_display = ("prefix", "name", "brand", "created_at", "expires_at", "revoked_at", "last_used_at")
    list_select_related = ("brand",)
    search_fields = ("prefix", "name")
    exclude = ("digest",)
    ordering = ("-created_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """A key is revoked, in the console; its row stays, because the audit trail names it."""
        return False
