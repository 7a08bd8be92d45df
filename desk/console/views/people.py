"""A client's people, as far as they are seats: who manages it, who is invited, who holds which role."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import invitations, seats
from accounts.choices import Role
from accounts.http import SignedInRequest
from accounts.invite_form import InviteForm
from accounts.permissions import Permission
from core import clock
from core.refusals import refusals
from desk.console.access import client_of_page, console_page
from desk.console.answers import said
from desk.console.tabs import tab_context
from tenants.values import BrandCard

PAGE = 25
INVITED = (Role.VIEWER, Role.MANAGER, Role.QA, Role.LEAD, Role.SUPERVISOR)
"""Who can do least comes first, of the client's side and of ours. Agents are seated when they are picked."""


@console_page(Permission.PEOPLE_READ)
@require_safe
def people(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the form, the open invitations and the seats."""
    return _page(request, client_of_page(slug), InviteForm(roles=INVITED))


@console_page(Permission.PEOPLE_GIVE)
@require_POST
def invite(request: SignedInRequest, slug: str) -> HttpResponse:
    """Invite somebody to a seat."""
    client, form = client_of_page(slug), InviteForm(request.POST, roles=INVITED)
    if not form.is_valid():
        return _page(request, client, form, status=422)
    email, actor = form.cleaned_data["email"], request.actor
    with refusals(form, "email") as refused:
        invitations.invite(
            email, role=form.cleaned_data["role"], brand=client, invited_by=actor.user_id, actor=actor.who,
            now=clock.now(),
        )  # fmt: skip
    if refused.status:
        return _page(request, client, form, status=refused.status)
    messages.success(request, _("Invited. The mail is on its way."))
    return _back(client)


@console_page(Permission.PEOPLE_GIVE)
@require_POST
def resend(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Send an open invitation again, with a new link."""
    client = client_of_page(slug)
    with said(request, _("Sent again. The link in the older mail has ended.")):
        invitations.resend(ref, brand_id=client.id, actor=request.actor.who, now=clock.now())
    return _back(client)


@console_page(Permission.PEOPLE_GIVE)
@require_POST
def withdraw(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """End an open invitation."""
    client = client_of_page(slug)
    with said(request, _("Withdrawn. Its link opens nothing any more.")):
        invitations.withdraw(ref, brand_id=client.id, actor=request.actor.who, now=clock.now())
    return _back(client)


@console_page(Permission.PEOPLE_GIVE)
@require_POST
def revoke(request: SignedInRequest, slug: str, seat_id: int) -> HttpResponse:
    """Take a seat away; open pages of the person that lean on it close."""
    client = client_of_page(slug)
    with said(request, _("The seat is taken away.")):
        seats.revoke_seat(seat_id, brand_id=client.id, actor=request.actor.who, now=clock.now())
    return _back(client)


def _page(
    request: SignedInRequest, client: BrandCard, form: InviteForm, *, status: int = 200
) -> HttpResponse:
    now = clock.now()
    context: dict[str, Any] = {
        "form": form,
        "now": now,
        "invited": _pages(request, "invited", invitations.open_in(client.id)),
        "seats": _pages(request, "page", seats.seats_in(client.id, now=now)),
    }
    return render(request, "console/people.html", tab_context(client, "people") | context, status=status)


def _pages(request: SignedInRequest, name: str, rows: Any) -> Any:
    return Paginator(rows, PAGE).get_page(request.GET.get(name))


def _back(client: BrandCard) -> HttpResponse:
    return HttpResponseRedirect(reverse("console:people", args=(client.slug,)), status=303)
