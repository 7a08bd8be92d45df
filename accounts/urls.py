"""The provider's host: sign-in, sign-out, the way to a brand's host, the landing page.

The rest of allauth's addresses (sign-up, mails) come with the issue that needs them.
"""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from accounts import accepting, handoff, resetting, views


class Base36Converter(StringConverter):
    """A number as allauth writes it into the link to a new password."""

    regex = "[0-9A-Za-z]+"


register_converter(Base36Converter, "base36")

RESET = "accounts/password/reset/"

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
    path("invitations/<str:token>/", accepting.accept, name="invitation"),
    path("handoff/<slug:slug>/", handoff.handoff, name="handoff"),
]
