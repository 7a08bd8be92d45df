"""Users & roles: the matrix, the provider's own seats, what one person may do where, stronger seats."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import elevating, invitations
from accounts.access import actor_for
from accounts.actor import Actor, Seat
from accounts.choices import Role
from accounts.http import SignedInRequest
from accounts.invite_form import InviteForm
from accounts.permissions import (
    APPOINTS,
    BRAND_ROLES,
    CLIENT_ROLES,
    ELEVATIONS,
    GROUPS,
    MATRIX,
    PROVIDER_ROLES,
    Permission,
)
from accounts.seats import appointable, check_appoints, revoke_provider_seat, seats_in
from accounts.timed import Elevation
from core import clock
from core.errors import NotFound, RoomError
from desk.console.access import console_page
from desk.console.role_forms import ElevationForm
from tenants.cards import card_by_id
from tenants.scope import labour_scope

PAGE = 25


@console_page(Permission.ROLES_READ)
@require_safe
def roles(request: SignedInRequest) -> HttpResponse:
    """Show the matrix, and where each role sits, whom it appoints, what it may take for a while."""
    context = {
        "heads": [(role, role.label) for role in Role],
        "width": len(Role) + 1,
        "groups": [(title, [_line(one) for one in permissions]) for title, permissions in GROUPS],
        "rules": [_rule(role) for role in Role],
    }
    return render(request, "console/roles.html", context)


@console_page(Permission.ROLES_READ)
@require_safe
def seats(request: SignedInRequest) -> HttpResponse:
    """Show who sits with the provider, and who is invited to."""
    return _seats(request, InviteForm(roles=_offered(request.actor)))


@console_page(Permission.SEATS_GIVE)
@require_POST
def appoint(request: SignedInRequest) -> HttpResponse:
    """Invite somebody to a seat with the provider."""
    actor, now = request.actor, clock.now()
    form = InviteForm(request.POST, roles=_offered(actor))
    if not form.is_valid():
        return _seats(request, form, status=422)
    email, role = form.cleaned_data["email"], form.cleaned_data["role"]
    try:
        check_appoints(actor, role, brand_id=None)
        invitations.invite(email, role=role, brand=None, invited_by=actor.user_id, actor=actor.who, now=now)
    except RoomError as error:
        form.add_error("email", str(error.message))
        return _seats(request, form, status=error.status)
    messages.success(request, _("Invited. The mail is on its way."))
    return _to("provider-seats")


@console_page(Permission.SEATS_GIVE)
@require_POST
def resend(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """Send an open invitation again, with a new link."""
    return _invitation(
        request, ref, invitations.resend, _("Sent again. The link in the older mail has ended.")
    )


@console_page(Permission.SEATS_GIVE)
@require_POST
def withdraw(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """End an open invitation."""
    return _invitation(request, ref, invitations.withdraw, _("Withdrawn. Its link opens nothing any more."))


@console_page(Permission.SEATS_GIVE)
@require_POST
def revoke(request: SignedInRequest, seat_id: int) -> HttpResponse:
    """Take a seat with the provider away; open pages of the person that lean on it close."""
    try:
        revoke_provider_seat(seat_id, actor=request.actor, now=clock.now())
    except NotFound:
        raise
    except RoomError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The seat is taken away."))
    return _to("provider-seats")


@console_page(Permission.ROLES_READ)
@require_safe
def person(request: SignedInRequest, user_id: int) -> HttpResponse:
    """Show what one person may do, seat by seat, as it is in force now."""
    now = clock.now()
    found = actor_for(user_id, now=now)
    if found is None:
        raise NotFound
    context = {
        "person": found,
        "places": _places(found),
        "elevations": elevating.going_on([user_id], now=now),
        "rungs": _rungs(elevating.rungs_of(user_id, now=now)),
    }
    return render(request, "console/person.html", context)


@console_page(Permission.ELEVATE, Permission.ELEVATIONS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def elevations(request: SignedInRequest) -> HttpResponse:
    """Show which stronger seats somebody may take, and those that were taken; POST takes one."""
    rungs = _rungs(elevating.rungs_of(request.actor.user_id, now=clock.now()))
    if request.method != "POST":
        return _elevations(request, ElevationForm(rungs=rungs), rungs)
    form = ElevationForm(request.POST, rungs=rungs)
    if not form.is_valid():
        return _elevations(request, form, rungs, status=422)
    said = form.cleaned_data
    try:
        elevating.elevate(
            said["rung"], hours=said["hours"], reason=said["reason"], actor=request.actor, now=clock.now()
        )
    except RoomError as error:
        form.add_error("rung", str(error.message))
        return _elevations(request, form, rungs, status=error.status)
    messages.success(request, _("The seat is yours until its time is over."))
    return _to("elevations")


@console_page(Permission.ELEVATE, Permission.ELEVATIONS_READ)
@require_POST
def end_elevation(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """End a stronger seat before its time: the own, or anybody's for who gives seats."""
    if elevating.end(ref, actor=request.actor, now=clock.now()):
        messages.success(request, _("Ended. The seat is gone."))
    else:
        messages.info(request, _("It was over already."))
    return _to("elevations") if request.actor.can(Permission.ELEVATE) or _reads(request) else _to("clients")


# ---- what the pages show ----


def _line(permission: Permission) -> dict[str, Any]:
    """{"code", "name", "cells"}; a cell for each role: whether it gives the permission."""
    return {
        "code": permission.value, "name": permission.label,
        "cells": [(role.label, permission in MATRIX[role]) for role in Role],
    }  # fmt: skip


def _rule(role: Role) -> dict[str, Any]:
    places = [_("with the provider")] if role in PROVIDER_ROLES else []
    places += [_("in a client")] if role in BRAND_ROLES else []
    return {
        "name": role.label,
        "places": places,
        "is_clients": role in CLIENT_ROLES,
        "appoints": [one.label for one in Role if one in APPOINTS.get(role, ())],
        "takes": [one.label for one in ELEVATIONS.get(role, ())],
    }


def _offered(actor: Actor) -> tuple[Role, ...]:
    """Return what the actor may invite to; who can do least comes first."""
    return appointable(actor, None)[::-1]


def _seats(request: SignedInRequest, form: InviteForm, *, status: int = 200) -> HttpResponse:
    now, mine = clock.now(), appointable(request.actor, None)
    context: dict[str, Any] = {
        "form": form,
        "gives": bool(mine) and request.actor.can(Permission.SEATS_GIVE),
        "mine": {role.value for role in mine},
        "invited": Paginator(invitations.open_in(None), PAGE).get_page(request.GET.get("invited")),
        "seats": Paginator(seats_in(None, now=now), PAGE).get_page(request.GET.get("page")),
        "now": now,
    }
    return render(request, "console/provider_seats.html", context, status=status)


def _places(person: Actor) -> list[dict[str, Any]]:
    """{"card", "seats", "may"} for the provider (no card) and each brand of a seat, `may` in words."""
    found = []
    for brand_id in dict.fromkeys(seat.brand_id for seat in sorted(person.memberships, key=_order)):
        seats = [seat for seat in person.memberships if seat.brand_id == brand_id]
        card = card_by_id(brand_id) if brand_id else None
        if brand_id and card is None:
            continue
        here = Actor(person.user_id, "", "", tuple(seats))
        may = [one for _title, some in GROUPS for one in some if here.can(one)]
        found.append(
            {
                "card": card,
                "seats": [(Role(seat.role).label, seat.until) for seat in seats],
                "may": [one.label for one in may],
            }
        )
    return found


def _order(seat: Seat) -> tuple[bool, int]:
    return seat.brand_id is not None, seat.brand_id or 0


def _rungs(rungs: Iterable[elevating.Rung]) -> list[tuple[elevating.Rung, str]]:
    """Return each step with the name of its brand, "" for the provider's."""
    cards = ((rung, card_by_id(rung.brand_id) if rung.brand_id else None) for rung in rungs)
    return [(rung, card.name if card else "") for rung, card in cards]


def _elevations(
    request: SignedInRequest, form: ElevationForm, rungs: list[tuple[elevating.Rung, str]], *,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    now, everybody = clock.now(), _reads(request)
    with labour_scope():
        rows = Elevation.objects.select_related("user", "brand", "ended_by").newest()
        rows = rows if everybody else rows.filter(user_id=request.actor.user_id)
        page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
        taken = [_taken(request.actor, row, now) for row in page.object_list]
    context = {"form": form, "rungs": rungs, "page": page, "taken": taken, "everybody": everybody}
    return render(request, "console/elevations.html", context, status=status)


def _taken(actor: Actor, row: Elevation, now: Any) -> dict[str, Any]:
    ends = row.user_id == actor.user_id or actor.can(Permission.SEATS_GIVE)
    return {"row": row, "open": row.is_open(now), "ends": ends, "early": row.ended_by_id is not None}


def _reads(request: SignedInRequest) -> bool:
    return request.actor.can(Permission.ELEVATIONS_READ)


# ---- steps of the posts ----


def _invitation(request: SignedInRequest, ref: UUID, verb: Any, words: str) -> HttpResponse:
    """Do something with an open invitation to a seat that is the actor's to give."""
    role = invitations.role_of(ref, brand_id=None)
    try:
        check_appoints(request.actor, role, brand_id=None)
        verb(ref, brand_id=None, actor=request.actor.who, now=clock.now())
    except NotFound:
        raise
    except RoomError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, words)
    return _to("provider-seats")


def _to(name: str) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"console:{name}"), status=303)
