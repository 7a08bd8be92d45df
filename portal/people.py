"""Who is who: the client's own people by name, the invited, and the provider's as customers know them.

Managers invite colleagues of their side and end their seats; every other seat is given by the provider
(`/clients/<slug>/people/` in its console) and here only read.
"""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import colleagues
from accounts.choices import Role
from accounts.http import SignedInRequest
from accounts.invitations import open_in
from accounts.invite_form import InviteForm
from accounts.permissions import CLIENT_ROLES, Permission
from accounts.sight import holders, seats_of
from core import clock
from core.refusals import refusals, said
from portal.access import Visit, portal_page
from portal.sight import known_as
from tenants.scope import labour_scope
from workforce.queries import shown_names

PAGE = 50
INVITED = (Role.VIEWER, Role.MANAGER)


@portal_page(Permission.OWN_ACCESS)
@never_cache
@require_safe
def people(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Show the client's own people, open invitations, and who answers for it: by alias, else first name."""
    return _page(request, visit, InviteForm(roles=INVITED))


@portal_page(Permission.OWN_PEOPLE)
@require_POST
def invite(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Invite somebody to the client's side."""
    _not_seeing(visit)
    form = InviteForm(request.POST, roles=INVITED)
    if not form.is_valid():
        return _page(request, visit, form, status=422)
    email, role = form.cleaned_data["email"], form.cleaned_data["role"]
    with refusals(form, "email") as refused:
        colleagues.invite_colleague(email, role=role, brand=visit.brand, actor=visit.actor, now=clock.now())
    if refused.status:
        return _page(request, visit, form, status=refused.status)
    messages.success(request, _("Invited. The mail is on its way."))
    return _back()


@portal_page(Permission.OWN_PEOPLE)
@require_POST
def resend(request: SignedInRequest, visit: Visit, ref: UUID) -> HttpResponse:
    """Send an open invitation again, with a new link."""
    done = _("Sent again. The link in the older mail has ended.")
    return _done(request, visit, lambda **who: colleagues.invite_again(ref, **who), done)


@portal_page(Permission.OWN_PEOPLE)
@require_POST
def withdraw(request: SignedInRequest, visit: Visit, ref: UUID) -> HttpResponse:
    """End an open invitation."""
    done = _("Withdrawn. Its link opens nothing any more.")
    return _done(request, visit, lambda **who: colleagues.withdraw_invitation(ref, **who), done)


@portal_page(Permission.OWN_PEOPLE)
@require_POST
def revoke(request: SignedInRequest, visit: Visit, seat_id: int) -> HttpResponse:
    """End a colleague's seat; open pages of theirs that lean on it close."""
    done = _("The seat is taken away.")
    return _done(request, visit, lambda **who: colleagues.end_seat(seat_id, **who), done)


def _done(
    request: SignedInRequest, visit: Visit, verb: Callable[..., None], done: str | Promise
) -> HttpResponse:
    """Run the verb and leave its outcome for the page. Raises NotFound."""
    _not_seeing(visit)
    with said(request, done):
        verb(brand_id=visit.brand.id, actor=visit.actor, now=clock.now())
    return _back()


def _not_seeing(visit: Visit) -> None:
    if visit.actor.seeing:
        raise Http404


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("portal:people"), status=303)


def _page(request: SignedInRequest, visit: Visit, form: InviteForm, *, status: int = 200) -> HttpResponse:
    now, brand_id = clock.now(), visit.brand.id
    aliases = shown_names(brand_id)
    with labour_scope():
        seats = seats_of(brand_id, now=now)
        own = list(seats.filter(brand_id=brand_id, role__in=CLIENT_ROLES))
        answering = seats.filter(brand_id=brand_id, role=Role.AGENT).order_by("since", "pk")
        page = Paginator(answering, PAGE).get_page(request.GET.get("page"))
        agents = [(aliases.get(seat.user_id) or seat.user.first_name, seat.since) for seat in page]
        invited = [
            (row, Role(row.role).label, row.expires_at <= now)
            for row in open_in(brand_id).filter(role__in=CLIENT_ROLES).order_by("-pk")
        ]
    mine = (seat for seat in own if seat.user_id == visit.actor.user_id)
    gives = (
        visit.can(Permission.OWN_PEOPLE) and not visit.actor.seeing and any(map(colleagues.appoints, mine))
    )
    endable = colleagues.endable(visit.actor, brand_id=brand_id, now=now) if gives else set()
    ends = [seat.pk if seat.pk in endable else None for seat in own]
    context = {
        "own": [(one, known_as(one, aliases), end) for one, end in zip(holders(own), ends, strict=True)],
        "invited": invited, "agents": agents, "page": page, "zone": visit.brand.timezone,
        "me": visit.actor.user_id, "form": form, "gives": gives,
    }  # fmt: skip
    return render(request, "portal/people.html", context, status=status)
