"""The provider's host: sign-in, sign-out, the way to a brand's host, the landing page."""

from django.urls import path, re_path

from accounts import handoff, views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("accounts/login/", views.SignInView.as_view(), name="account_login"),
    path("accounts/logout/", views.sign_out, name="account_logout"),
    path("handoff/<slug:slug>/", handoff.handoff, name="handoff"),
    # The rest of allauth (sign-up, mails, password reset) comes with the issue that needs it.
    re_path(r"^accounts/", views.closed),
]
