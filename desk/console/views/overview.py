"""A client at a glance: who it is, where it is served, how its workspace is."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from desk.console.access import client_of_page, console_page
from desk.console.tabs import tab_context


@console_page(Permission.CLIENT_READ)
@require_safe
def overview(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the client's facts."""
    client = client_of_page(slug)
    return render(request, "console/overview.html", tab_context(client, "overview"))
