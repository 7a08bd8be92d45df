"""A brand's host with the hand-off and one page that wants a manager."""

from django.http import HttpResponse
from django.urls import include, path

from accounts.access import require
from accounts.choices import Role
from accounts.handoff import enter, leave
from accounts.http import SignedInRequest
from accounts.security.views import session


@require(Role.MANAGER)
def report(request: SignedInRequest) -> HttpResponse:
    return HttpResponse(f"The report, for {request.actor.name}")


urlpatterns = [
    path("enter/<str:code>/", enter),
    path("sign-out/", leave),
    path("report/", report),
    path("session/", session),
    path("", include("core.urls")),
]
handler404 = "core.views.not_found"
