"""The provider's host: sign-in, sign-out, the way to a brand's host, the landing page.

The rest of allauth's addresses (sign-up, mails) come with the issue that needs them.
"""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from accounts import accepting, handoff, resetting, views
from accounts.mfa import views as mfa
from accounts.security import views as security


class Base36Converter(StringConverter):
    """A number as allauth writes it into the link to a new password."""

    regex = "[0-9A-Za-z]+"


register_converter(Base36Converter, "base36")

RESET = "accounts/password/reset/"
SECURITY = "accounts/security/"

urlpatterns = [
    path("", views.landing, name="landing"),
    path("accounts/login/", views.SignInView.as_view(), name="account_login"),
    path("accounts/logout/", views.sign_out, name="account_logout"),
    path(RESET, resetting.AskView.as_view(), name="account_reset_password"),
    path(f"{RESET}done/", resetting.AskedView.as_view(), name="account_reset_password_done"),
    path(
        f"{RESET}key/<base36:uidb36>-<str:key>/",
        resetting.ChooseView.as_view(),
        name="account_reset_password_from_key",
    ),
    path(f"{RESET}key/done/", resetting.ChosenView.as_view(), name="account_reset_password_from_key_done"),
    path("accounts/second-step/", mfa.second_step, name="mfa_authenticate"),
    path(f"{SECURITY}", security.security, name="security"),
    path(f"{SECURITY}confirm/", mfa.confirm, name="account_reauthenticate"),
    path(f"{SECURITY}app/", mfa.app, name="factor-app"),
    path(f"{SECURITY}app/removal/", mfa.remove_app, name="factor-app-removal"),
    path(f"{SECURITY}keys/", mfa.key, name="factor-key"),
    path(f"{SECURITY}keys/<int:key_id>/name/", mfa.rename_key, name="factor-key-name"),
    path(f"{SECURITY}keys/<int:key_id>/removal/", mfa.remove_key, name="factor-key-removal"),
    path(f"{SECURITY}codes/", mfa.renew_codes, name="factor-codes"),
    path(f"{SECURITY}reading/", security.read_by, name="reading"),
    path(f"{SECURITY}sessions/others/end/", security.end_others, name="sessions-end"),
    path(f"{SECURITY}sessions/<uuid:ref>/end/", security.end, name="session-end"),
    path("invitations/<str:token>/", accepting.accept, name="invitation"),
    path("handoff/<slug:slug>/", handoff.handoff, name="handoff"),
]
