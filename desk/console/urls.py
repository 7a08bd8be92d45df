"""The console's addresses: a client's screens are `clients/<slug>/<topic>/`, named as their tabs are."""

from django.urls import path

from desk.console.views import (
    audit,
    brand,
    clients,
    fleet,
    going_live,
    hosts,
    hours,
    mail,
    onboarding,
    overview,
    people,
)

app_name = "console"

CLIENT = "clients/<slug:slug>/"
NEW = "clients/new/"

urlpatterns = [
    path("clients/", clients.clients, name="clients"),
    path(NEW, onboarding.begin, name="onboarding-begin"),
    path(f"{NEW}short-name/", onboarding.short_name, name="onboarding-short-name"),
    path(f"{NEW}<uuid:ref>/", onboarding.resume, name="onboarding-resume"),
    path(f"{NEW}<uuid:ref>/workspace/", onboarding.workspace, name="onboarding-workspace"),
    path(f"{NEW}<uuid:ref>/undo/", onboarding.undo, name="onboarding-undo"),
    path(f"{NEW}<uuid:ref>/<slug:name>/", onboarding.step, name="onboarding-step"),
    path(f"{NEW}<uuid:ref>/<slug:name>/preview/", onboarding.preview, name="onboarding-preview"),
    path(f"{CLIENT}onboarding/", going_live.going_live, name="onboarding"),
    path(f"{CLIENT}onboarding/live/", going_live.go_live, name="go-live"),
    path(f"{CLIENT}onboarding/pause/", going_live.pause, name="pause"),
    path(f"{CLIENT}onboarding/resume/", going_live.resume, name="resume"),
    path(f"{CLIENT}onboarding/test/", going_live.test, name="onboarding-test"),
    path(f"{CLIENT}onboarding/test/conversations/", going_live.conversations, name="onboarding-trials"),
    path("fleet/", fleet.fleet, name="fleet"),
    path("fleet/<slug:slug>/migration/", fleet.migrate, name="fleet-migration"),
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
    path(f"{CLIENT}brand/", brand.brand, name="brand"),
    path(f"{CLIENT}brand/logo/", brand.logo, name="brand-logo"),
    path(f"{CLIENT}brand/logo/removal/", brand.remove_logo, name="brand-logo-removal"),
    path(f"{CLIENT}brand/greeting/", brand.greeting, name="brand-greeting"),
    path(f"{CLIENT}brand/changes/<int:change>/restoration/", brand.restore, name="brand-restore"),
    path(f"{CLIENT}hosts/", hosts.hosts, name="hosts"),
    path(f"{CLIENT}hosts/<int:domain_id>/check/", hosts.check, name="host-check"),
    path(f"{CLIENT}hosts/<int:domain_id>/removal/", hosts.remove, name="host-removal"),
    path(f"{CLIENT}mail/", mail.mail, name="mail"),
    path(f"{CLIENT}mail/preview/", mail.show, name="mail-preview"),
    path(f"{CLIENT}mail/test/", mail.test, name="mail-test"),
    path(f"{CLIENT}mail/<uuid:ref>/again/", mail.again, name="mail-again"),
    path(f"{CLIENT}hours/", hours.hours, name="hours"),
    path(f"{CLIENT}hours/new/", hours.begin, name="hours-new"),
    path(f"{CLIENT}hours/queues/", hours.queues, name="hours-queues"),
    path(f"{CLIENT}hours/closures/", hours.close, name="hours-closures"),
    path(f"{CLIENT}hours/closures/<uuid:ref>/reopening/", hours.reopen, name="hours-reopening"),
    path(f"{CLIENT}hours/<uuid:ref>/", hours.calendar, name="calendar"),
    path(f"{CLIENT}hours/<uuid:ref>/removal/", hours.remove, name="calendar-removal"),
    path(f"{CLIENT}hours/<uuid:ref>/days/", hours.own_day, name="calendar-days"),
    path(f"{CLIENT}hours/<uuid:ref>/days/<str:day>/removal/", hours.forget_day, name="calendar-day-removal"),
]
