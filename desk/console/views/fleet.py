"""The fleet: whether every client's schema has today's migrations, and what is ready for the next client."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from desk.console.access import client_of_page, console_page
from tenants.cards import card_by_slug
from tenants.fleet import migrate_brand
from tenants.fleet_page import fleet_page, pool

DONE = "done"


@console_page(Permission.FLEET_READ)
@require_safe
def fleet(request: SignedInRequest) -> HttpResponse:
    """Every client's schema, what is wrong first; `?only=behind` leaves out what is up to date."""
    return _show(request)


@console_page(Permission.FLEET_MIGRATE)
@require_POST
def migrate(request: SignedInRequest, slug: str) -> HttpResponse:
    """Migrate the schema of this one client, now; says what went wrong on the page."""
    client = client_of_page(slug)
    error = migrate_brand(client.id, actor=request.actor.who, now=clock.now())
    if error:
        return _show(request, tried=client.name, error=error, status=409)
    return redirect(f"/fleet/?{DONE}={slug}")


def _show(request: SignedInRequest, *, tried: str = "", error: str = "", status: int = 200) -> HttpResponse:
    behind = request.GET.get("only") == "behind"
    page = fleet_page(request.GET.get("page", 1), behind=behind)
    context = {
        "page": page,
        "pool": pool(),
        "behind": behind,
        "query": "only=behind" if behind else "",
        "tried": tried,
        "error": error,
        "done": _done(request),
        "hues": sorted({row.hue for row in page}),
        "here": "fleet",
    }
    return render(request, "console/fleet.html", context, status=status)


def _done(request: SignedInRequest) -> str:
    """Return what to say after a migration that went well, "" for nothing or a name that is none."""
    client = card_by_slug(request.GET.get(DONE, ""))
    return _("The schema of %(name)s is up to date.") % {"name": client.name} if client else ""
