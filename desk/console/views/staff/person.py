"""One person of the pool: who they are, what they can, for whom they work under which name, and leaving."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import EmailTaken
from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound, RoomError
from desk.console.access import client_of_page, console_page
from desk.console.answers import told
from desk.console.staff_forms import (
    STATE_NAMES,
    AliasForm,
    CertifyForm,
    Choices,
    LeavingForm,
    PersonForm,
    SeatForm,
    SkillsForm,
)
from desk.console.trail import history_of
from desk.console.views.staff.common import agent_of_page, back, show
from desk.console.views.staff.people import MOODS
from tenants.cards import card_by_id
from tenants.scope import labour_scope
from tenants.values import BrandCard
from workforce import actions
from workforce.choices import DepartureState
from workforce.errors import AliasTaken
from workforce.models import Agent, AgentAlias, Certification, Skill
from workforce.staff import editing, leaving
from workforce.staff.editing import NumberTaken
from workforce.staff.handing import handed_of
from workforce.staff.listing import SOON, state_of
from workforce.staff.loading import load_people
from workforce.staff.values import Person
from workforce.staff.welcome import send_welcomes

HISTORY = 20


@dataclass
class Desk:
    """The forms of the page; the one that was sent and refused is the one with errors."""

    details: PersonForm | None = None
    skills: SkillsForm | None = None
    seat: SeatForm | None = None
    leaving: LeavingForm | None = None
    alias: tuple[int, AliasForm] | None = None
    certify: tuple[int, CertifyForm] | None = None


@console_page(Permission.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: SignedInRequest, agent_id: int) -> HttpResponse:
    """Show the person; a POST changes who they are."""
    if request.method != "POST":
        return _page(request, agent_id, Desk())
    form, now = PersonForm(request.POST, choices=Choices()), clock.now()
    agent_of_page(agent_id, now=now)
    if not form.is_valid():
        return _page(request, agent_id, Desk(details=form), status=422)
    try:
        editing.edit_person(agent_id, actor=request.actor.who, now=now, **form.cleaned_data)
    except NotFound:
        raise
    except RoomError as error:
        fields: dict[type, str] = {NumberTaken: "employee_no", EmailTaken: "email"}
        form.add_error(fields.get(type(error)), str(error.message))
        return _page(request, agent_id, Desk(details=form), status=422)
    messages.success(request, _("Saved."))
    return back("staff-person", agent_id)


@console_page(Permission.STAFF)
@require_POST
def skills(request: SignedInRequest, agent_id: int) -> HttpResponse:
    """Say what the person can, and how well."""
    now = clock.now()
    agent_of_page(agent_id, now=now)
    held = load_people([agent_id], now=now)[agent_id].skills
    form = SkillsForm(request.POST, choices=_catalogue(held), held=dict(held))
    if not form.is_valid():
        return _page(request, agent_id, Desk(skills=form), status=422)
    levels = form.levels()
    _tell(request, lambda: editing.edit_person(agent_id, skills=levels, actor=request.actor.who, now=now))
    return back("staff-person", agent_id)


@console_page(Permission.STAFF)
@require_POST
def seat(request: SignedInRequest, agent_id: int) -> HttpResponse:
    """Let the person work for one more client."""
    now = clock.now()
    agent_of_page(agent_id, now=now)
    form = SeatForm(request.POST, choices=Choices().brands)
    if not form.is_valid():
        return _page(request, agent_id, Desk(seat=form), status=422)
    _tell(
        request, lambda: editing.seat_person(agent_id, actor=request.actor.who, now=now, **form.cleaned_data)
    )
    return back("staff-person", agent_id)


@console_page(Permission.STAFF)
@require_POST
def unseat(request: SignedInRequest, agent_id: int, slug: str) -> HttpResponse:
    """Take the seat at a client away; open pages that lean on it close."""
    client, now = client_of_page(slug), clock.now()
    _tell(
        request,
        lambda: editing.unseat_person(agent_id, brand_id=client.id, actor=request.actor.who, now=now),
        _("The seat is taken away."),
    )
    return back("staff-person", agent_id)


@console_page(Permission.STAFF)
@require_POST
def alias(request: SignedInRequest, agent_id: int, slug: str) -> HttpResponse:
    """Name the person towards a client's customers."""
    client, now = client_of_page(slug), clock.now()
    row = agent_of_page(agent_id, now=now)
    form = AliasForm(request.POST, true_name=row.user.name)
    if not form.is_valid():
        return _page(request, agent_id, Desk(alias=(client.id, form)), status=422)
    shown = form.cleaned_data["shown_name"]
    try:
        actions.set_alias(agent_id, brand_id=client.id, shown_name=shown, actor=request.actor.who, now=now)
    except AliasTaken as error:
        form.add_error("shown_name", str(error.message))
        return _page(request, agent_id, Desk(alias=(client.id, form)), status=error.status)
    messages.success(request, _("Saved. What was said before keeps the name it was said under."))
    return back("staff-person", agent_id)


@console_page(Permission.STAFF)
@require_POST
def certify(request: SignedInRequest, agent_id: int, slug: str) -> HttpResponse:
    """Certify the person for a version of the client's process, or renew that."""
    client, now = client_of_page(slug), clock.now()
    agent_of_page(agent_id, now=now)
    form = CertifyForm(request.POST)
    if not form.is_valid():
        return _page(request, agent_id, Desk(certify=(client.id, form)), status=422)
    until = form.valid_until(client.timezone)
    if client.id not in load_people([agent_id], now=now)[agent_id].brands:
        raise NotFound
    try:
        actions.certify(
            agent_id, brand_id=client.id, version=form.cleaned_data["version"], valid_from=now,
            valid_until=until, actor=request.actor.who, now=now,
        )  # fmt: skip
    except RoomError as error:
        form.add_error("until", str(error.message))
        return _page(request, agent_id, Desk(certify=(client.id, form)), status=error.status)
    messages.success(request, _("Certified."))
    return back("staff-person", agent_id)


@console_page(Permission.STAFF)
@require_POST
def uncertify(request: SignedInRequest, agent_id: int, certification_id: int) -> HttpResponse:
    """End a certification: nothing new of that client is offered."""
    now, who = clock.now(), request.actor.who
    actions.revoke_certification(certification_id, agent_id=agent_id, actor=who, now=now)
    messages.success(request, _("Ended. Nothing new of this client is offered to them."))
    return back("staff-person", agent_id)


@console_page(Permission.STAFF)
@require_POST
def welcome(request: SignedInRequest, agent_id: int) -> HttpResponse:
    """Send the way to a first password, again if there was one."""
    now = clock.now()
    agent_of_page(agent_id, now=now)
    if send_welcomes([agent_id], actor=request.actor.who, now=now):
        messages.success(request, _("The mail is on its way."))
    else:
        messages.error(request, _("This person has chosen a password already."))
    return back("staff-person", agent_id)


@console_page(Permission.STAFF)
@require_POST
def leave(request: SignedInRequest, agent_id: int) -> HttpResponse:
    """Plan that the person leaves, or let them leave at once."""
    now, who = clock.now(), request.actor.who
    agent_of_page(agent_id, now=now)
    at_once = bool(request.POST.get("at_once"))
    form = LeavingForm(request.POST)
    if not at_once and not form.is_valid():
        return _page(request, agent_id, Desk(leaving=form), status=422)
    day = None if at_once else form.cleaned_data["last_day"]
    try:
        row = leaving.plan_leaving(agent_id, last_day=day, actor=who, now=now)
    except RoomError as error:
        form.add_error("last_day", str(error.message))
        return _page(request, agent_id, Desk(leaving=form), status=422)
    if not at_once:
        messages.success(request, _("Planned. Until then it can be cancelled."))
    elif leaving.carry_out(row.pk, entry=request.actor.operator_grant, now=now):
        messages.success(request, _("They have left. Their open work waits for others, first in line."))
    else:
        messages.error(
            request, _("They are signed out. Something is left to hand on: it is tried again each minute.")
        )
    return back("staff-person", agent_id)


@console_page(Permission.STAFF)
@require_POST
def stay(request: SignedInRequest, agent_id: int) -> HttpResponse:
    """Cancel what is planned."""
    now = clock.now()
    agent_of_page(agent_id, now=now)
    _tell(
        request,
        lambda: leaving.cancel_leaving(agent_id, actor=request.actor.who, now=now),
        _("Cancelled. They stay."),
    )
    return back("staff-person", agent_id)


@console_page(Permission.STAFF)
@require_POST
def reinstate(request: SignedInRequest, agent_id: int) -> HttpResponse:
    """Take somebody back, with the seats they had and the way to a new password."""
    now, who = clock.now(), request.actor.who
    agent_of_page(agent_id, now=now)

    def deed() -> None:
        leaving.reinstate(agent_id, actor=who, now=now)
        send_welcomes([agent_id], actor=who, now=now)

    _tell(request, deed, _("They are back. A mail with the way to a new password is on its way."))
    return back("staff-person", agent_id)


def _tell(request: SignedInRequest, deed: Callable[[], object], words: str = "") -> bool:
    return told(request, deed, words or _("Saved."))


def _page(request: SignedInRequest, agent_id: int, desk: Desk, *, status: int = 200) -> HttpResponse:
    now = clock.now()
    row, choices = agent_of_page(agent_id, now=now), Choices()
    who = load_people([agent_id], now=now)[agent_id]
    departure = leaving.departure_of(agent_id)
    state = state_of(row)
    seats = _seats(row, who, desk, now=now)
    others = [one for one in choices.brands if one[0] not in who.brands]
    seat, leaves = desk.seat or SeatForm(choices=others), desk.leaving or LeavingForm()
    seat.auto_id, leaves.auto_id = "seat_%s", "leaving_%s"
    context = {
        "agent": row,
        "state": STATE_NAMES[state],
        "mood": MOODS[state],
        "has_left": state == "left",
        "waits": state in ("uninvited", "invited"),
        "details": desk.details or PersonForm(choices=choices, initial=_details(row, who)),
        "skills": desk.skills or SkillsForm(choices=_catalogue(who.skills), held=dict(who.skills)),
        "seats": seats,
        "seat": seat if others else None,
        "past": _past(agent_id, now=now),
        "departure": departure,
        "handing": _handing(departure),
        "handed": handed_of(departure) if departure and state == "left" else [],
        "leaving": leaves,
        "zone": leaving.zone_of(row),
        "history": history_of(f"user:{agent_id}", limit=HISTORY),
        "hues": sorted({one["client"].hue for one in seats}),
        "now": now,
    }
    return show(request, "person", "staff", context, status=status)


def _details(row: Agent, who: Person) -> dict[str, Any]:
    return {
        "email": row.user.email, "name": who.name, "employee_no": who.employee_no, "site_id": who.site_id,
        "team_id": who.team_id, "languages": "; ".join(who.languages),
    }  # fmt: skip


def _catalogue(held: Any) -> list[tuple[int, str]]:
    """The skills that can be given, and archived ones that the person has."""
    with labour_scope():
        rows = Skill.objects.order_by("name").values_list("pk", "name", "archived_at")
        return [(pk, name) for pk, name, archived_at in rows if archived_at is None or pk in held]


def _seats(row: Agent, who: Person, desk: Desk, *, now: datetime) -> list[dict[str, Any]]:
    """{"client", "shown", "alias", "certification", "mood", "certify"} of each client they work for."""
    with labour_scope():
        shown = dict(AgentAlias.objects.filter(agent=row).values_list("brand_id", "shown_name"))
        newest = {
            one.brand_id: one for one in Certification.objects.filter(agent=row).order_by("valid_from", "pk")
        }
    clients = sorted(filter(None, map(card_by_id, who.brands)), key=lambda card: card.name)
    return [_seat_row(card, row, shown.get(card.id, ""), newest.get(card.id), desk, now) for card in clients]


def _seat_row(
    card: BrandCard, row: Agent, shown: str, held: Certification | None, desk: Desk, now: datetime
) -> dict[str, Any]:
    alias, certify = AliasForm(true_name=row.user.name), CertifyForm()
    alias.initial = {"shown_name": shown}
    certify.initial = {"version": held.version if held else ""}
    if desk.alias and desk.alias[0] == card.id:
        alias = desk.alias[1]
    if desk.certify and desk.certify[0] == card.id:
        certify = desk.certify[1]
    ends = held.valid_until if held else None
    is_over = held is None or (ends is not None and ends <= now)
    alias.auto_id, certify.auto_id = f"alias_{card.slug}_%s", f"certify_{card.slug}_%s"
    return {
        "client": card, "shown": shown, "first_name": row.user.first_name, "alias": alias, "certify": certify,
        "certification": held, "is_over": is_over,
        "is_ending": not is_over and bool(ends and ends <= now + SOON),
        "is_open": bool(desk.certify and desk.certify[0] == card.id),
    }  # fmt: skip


def _past(agent_id: int, *, now: datetime) -> list[dict[str, Any]]:
    """Certifications that are over, the newest first, with the client's name as far as it is here."""
    with labour_scope():
        rows = list(
            Certification.objects.filter(agent_id=agent_id, valid_until__lte=now).order_by(
                "-valid_until", "-pk"
            )[:50]
        )
    cards = {pk: card_by_id(pk) for pk in {row.brand_id for row in rows}}
    return [{"row": row, "client": card} for row in rows if (card := cards[row.brand_id])]


def _handing(departure: Any) -> list[dict[str, Any]]:
    """What is still to be handed on, client by client, while a departure is being carried out."""
    if departure is None or departure.state != DepartureState.BEGUN:
        return []
    return [{"client": card_by_id(one.brand_id), "done": one.done_at} for one in departure.brands.all()]
