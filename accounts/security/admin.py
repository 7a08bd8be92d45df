"""Sign-in security in Django's admin: to be looked at. It changes through the console and its verbs."""

from allauth.mfa.admin import Authenticator
from django.contrib import admin

from accounts.security.models import SecurityPolicy, SignIn
from tenants.admin import ReadOnly

admin.site.unregister(Authenticator)


@admin.register(SecurityPolicy)
class SecurityPolicyAdmin(ReadOnly):
    list_display = ("brand", "role", "second_factor_from", "idle_minutes", "session_hours", "networks")
    list_select_related = ("brand",)
    list_filter = ("role",)


@admin.register(SignIn)
class SignInAdmin(ReadOnly):
    list_display = ("user", "host", "address", "second_factor", "opened_at", "seen_at")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    exclude = ("session_key",)
    ordering = ("-seen_at",)


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnly):
    """What it holds is shown nowhere."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("type",)
    search_fields = ("user__email",)
    fields = ("user", "type", "created_at", "last_used_at")
