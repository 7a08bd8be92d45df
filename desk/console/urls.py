"""The console's addresses: a client's screens are `clients/<slug>/<topic>/`, named as their tabs are."""

from django.urls import path

from desk.console.views import audit, mail, overview, people

app_name = "console"

CLIENT = "clients/<slug:slug>/"

urlpatterns = [
    path("audit/", audit.audit_provider, name="audit-provider"),
    path("audit/export/", audit.audit_provider_export, name="audit-provider-export"),
    path(f"{CLIENT}audit/", audit.audit, name="audit"),
    path(f"{CLIENT}audit/export/", audit.audit_export, name="audit-export"),
    path(CLIENT, overview.overview, name="overview"),
    path(f"{CLIENT}people/", people.people, name="people"),
    path(f"{CLIENT}people/invitations/", people.invite, name="invite"),
    path(f"{CLIENT}people/invitations/<uuid:ref>/mails/", people.resend, name="invitation-resend"),
    path(f"{CLIENT}people/invitations/<uuid:ref>/withdrawal/", people.withdraw, name="invitation-withdraw"),
    path(f"{CLIENT}people/seats/<int:seat_id>/revocation/", people.revoke, name="seat-revoke"),
    path(f"{CLIENT}mail/", mail.mail, name="mail"),
    path(f"{CLIENT}mail/preview/", mail.show, name="mail-preview"),
    path(f"{CLIENT}mail/test/", mail.test, name="mail-test"),
    path(f"{CLIENT}mail/<uuid:ref>/again/", mail.again, name="mail-again"),
]
