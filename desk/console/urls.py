"""The console's addresses: a client's screens are `clients/<slug>/<topic>/`, named as their tabs are."""

from django.urls import path

from desk.console.views import audit, overview

app_name = "console"

CLIENT = "clients/<slug:slug>/"

urlpatterns = [
    path("audit/", audit.audit_provider, name="audit-provider"),
    path("audit/export/", audit.audit_provider_export, name="audit-provider-export"),
    path(f"{CLIENT}audit/", audit.audit, name="audit"),
    path(f"{CLIENT}audit/export/", audit.audit_export, name="audit-export"),
    path(CLIENT, overview.overview, name="overview"),
]
