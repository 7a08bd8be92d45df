"""Who is who: the client's own people by name, those who are invited, and the agents as customers know them.

Seats are given by the provider (`/clients/<slug>/people/` in its console); here they are read.
"""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.choices import Role
from accounts.http import SignedInRequest
from accounts.invitations import open_in
from accounts.permissions import CLIENT_ROLES, Permission
from accounts.sight import holders, seats_of
from core import clock
from portal.access import Visit, portal_page
from tenants.scope import labour_scope
from workforce.queries import shown_names

PAGE = 50


@portal_page(Permission.OWN_ACCESS)
@never_cache
@require_safe
def people(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Show the client's own people, open invitations, and who answers for it: by alias, else first name."""
    now, brand_id = clock.now(), visit.brand.id
    aliases = shown_names(brand_id)
    with labour_scope():
        seats = seats_of(brand_id, now=now)
        own = holders(seats.filter(brand_id=brand_id, role__in=CLIENT_ROLES))
        answering = seats.filter(brand_id=brand_id, role=Role.AGENT).order_by("since", "pk")
        page = Paginator(answering, PAGE).get_page(request.GET.get("page"))
        agents = [(aliases.get(seat.user_id) or seat.user.first_name, seat.since) for seat in page]
        invited = [
            (row.email, Role(row.role).label, row.created_at, row.expires_at, row.expires_at <= now)
            for row in open_in(brand_id).filter(role__in=CLIENT_ROLES).order_by("-pk")
        ]
    context = {
        "own": own, "invited": invited, "agents": agents, "page": page, "zone": visit.brand.timezone,
        "me": visit.actor.user_id,
    }  # fmt: skip
    return render(request, "portal/people.html", context)
