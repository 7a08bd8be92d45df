"""A brand's host: the client portal, the widget, the demo shop, the API."""

from django.urls import include, path

from accounts.security.views import session
from config import api

urlpatterns = [
    path("", include("portal.urls")),
    path("", include("interactions.connectors.webchat.urls")),
    path("", include("tenants.mail.urls")),
    path("", include("tenants.look.urls")),
    path("session/", session, name="session"),
    path("", include("core.urls")),
    path("api/v1/", include((api.BRANDS_OWN, "api"))),
]
handler404 = "core.views.not_found"
handler500 = "core.views.failed"
