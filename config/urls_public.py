"""The provider's host: sign-in, desk, console, API."""

from django.contrib import admin
from django.urls import include, path

from accounts.security.views import session
from config import api

admin.autodiscover()
urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("workforce.urls")),
    path("", include("desk.urls")),
    path("", include("desk.console.urls")),
    path("", include("desk.floor.urls")),
    path("", include("tenants.mail.urls")),
    path("", include("tenants.look.urls")),
    path("session/", session, name="session"),
    path("", include("core.urls")),
    path("api/v1/", include((api.PROVIDER, "api"))),
    path("admin/", admin.site.urls),
]
handler404 = "core.views.not_found"
handler500 = "core.views.failed"
