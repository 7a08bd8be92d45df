"""Sign-in security in Django's admin: to be looked at. It changes through the console and its verbs."""

from typing import Any

from allauth.mfa.admin import Authenticator
from django.contrib import admin
from django.http import HttpRequest

from accounts.security.models import SecurityPolicy, SignIn

admin.site.unregister(Authenticator)


class LookedAt(admin.ModelAdmin):  # type: ignore[type-arg]
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(SecurityPolicy)
class SecurityPolicyAdmin(LookedAt):
    list_display = ("brand", "role", "second_factor_from", "idle_minutes", "session_hours", "networks")
    list_select_related = ("brand",)
    list_filter = ("role",)


@admin.register(SignIn)
class SignInAdmin(LookedAt):
    list_display = ("user", "host", "address", "second_factor", "opened_at", "seen_at")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    exclude = ("session_key",)
    ordering = ("-seen_at",)


@admin.register(Authenticator)
class AuthenticatorAdmin(LookedAt):
    """What it holds is shown nowhere."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("type",)
    search_fields = ("user__email",)
    fields = ("user", "type", "created_at", "last_used_at")
