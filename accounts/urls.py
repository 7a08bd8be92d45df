"""The provider's host: sign-in, sign-out, the way to a brand's host, the landing page.

The rest of allauth's addresses (sign-up, mails, password reset) come with the issue that needs them.
"""

from django.urls import path

from accounts import handoff, views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("clients/", views.clients, name="clients"),
    path("accounts/login/", views.SignInView.as_view(), name="account_login"),
    path("accounts/logout/", views.sign_out, name="account_logout"),
    path("handoff/<slug:slug>/", handoff.handoff, name="handoff"),
]
