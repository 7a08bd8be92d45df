"""A brand's host: the client portal, the widget, the demo shop."""

from django.urls import include, path

urlpatterns = [
    path("", include("portal.urls")),
    path("", include("interactions.connectors.webchat.urls")),
    path("", include("tenants.mail.urls")),
    path("", include("tenants.look.urls")),
    path("", include("core.urls")),
]
handler404 = "core.views.not_found"
handler500 = "core.views.failed"
