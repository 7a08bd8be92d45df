"""The catalogue of metrics: what every number of every client's report means."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from desk.console.access import console_page
from reporting.figures import definitions
from reporting.metrics import ATTRIBUTION, EXCLUSIONS


@console_page(Permission.CLIENT_READ)
@require_safe
def metrics(request: SignedInRequest) -> HttpResponse:
    """Show every definition with its version, formula, clause and name."""
    context = {"groups": definitions(), "attribution": ATTRIBUTION, "exclusions": EXCLUSIONS}
    return render(request, "console/metrics.html", context)
