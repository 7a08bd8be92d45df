"""The provider's host with this room's pages alone."""

from django.contrib import admin
from django.urls import include, path

from accounts.security.views import session
from accounts.views import clients

admin.autodiscover()
urlpatterns = [
    path("clients/", clients),
    path("", include("accounts.urls")),
    path("session/", session),
    path("", include("core.urls")),
    path("admin/", admin.site.urls),
]
handler404 = "core.views.not_found"
