"""Acts of the floor: each is a sheet that says what it will do before it is done, with a reason."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.actor import Actor
from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound, RoomError
from desk.console.access import console_page
from desk.floor.forms import ActForm, PlaceForm, PriorityForm, StateForm
from desk.floor.waiting import code_of
from desk.handing import picks_of, target_of
from routing import actions
from routing.access import may_sign_out
from routing.actions.supervising import MOVABLE, PRIORITIES
from routing.choices import ItemState
from routing.floor import LOST, AgentNow, agents_now
from routing.models import QueuePlan, WorkItem
from routing.supervision import ahead_of, get_supervised
from tenants.cards import card_by_id
from tenants.scope import labour_scope
from workforce import actions as workforce
from workforce import supervision
from workforce.actions.supervising import state_mark
from workforce.choices import Availability
from workforce.models import Agent, AgentState
from workforce.queries import reasons

GET_OR_POST = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Option:
    """One thing that can be chosen, with what it does. `is_now`: it is so already; `can`: it is possible."""

    value: str
    label: str
    effect: str
    is_now: bool = False
    can: bool = True


@console_page(Permission.FLOOR_ACT)
@require_http_methods(GET_OR_POST)
def state(request: SignedInRequest, agent_id: int) -> HttpResponse:
    """Make an agent available, away for a reason, or offline."""
    now = clock.now()
    agent = supervision.get_supervised(agent_id, actor=request.actor, now=now)
    one = next((one for one in agents_now(now) if one.agent_id == agent_id), None)
    if one is None:
        raise NotFound
    options = _states(agent, one)
    form = StateForm(request.POST or None, choices=[(option.value, option.label) for option in options])
    back = reverse("floor:agents")
    sheet = _state_sheet(request.actor, agent, options, back)
    if request.method == "POST" and form.is_valid():
        return _tried(
            request, form, back, _("Done. %(name)s sees it at once.") % {"name": agent.user.name},
            lambda: workforce.change_state(
                agent_id, **form.said(), seen=form.cleaned_data["seen"], words=form.cleaned_data["words"],
                actor=request.actor, now=now,
            ),
            lambda: _sheet(request, sheet, form, _mark(agent_id)),
        )  # fmt: skip
    return _sheet(request, sheet, form, _mark(agent_id))


@console_page(Permission.FLOOR_ACT)
@require_http_methods(GET_OR_POST)
def priority(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """Give a waiting item another priority."""
    item = get_supervised(ref, actor=request.actor)
    form = PriorityForm(request.POST or None)
    sheet = {
        "title": _("Change the priority of %(code)s"), "icon": "arrow-up-narrow-wide", "name": "priority",
        "legend": _("New priority, and its place then"), "options": _priorities(item),
        "button": _("Change priority"),
    }  # fmt: skip
    return _item_act(
        request, item, form, sheet, _("Done. The line is in its new order."),
        lambda **said: actions.change_priority(ref, priority=form.cleaned_data["priority"], **said),
        possible=item.state in {ItemState.QUEUED, ItemState.OFFERED},
    )  # fmt: skip


@console_page(Permission.FLOOR_ACT)
@require_http_methods(GET_OR_POST)
def give_back(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """Let a conversation wait again, for somebody else."""
    item = get_supervised(ref, actor=request.actor)
    name = _name(item.agent_id)
    effects = (
        _("%(name)s has it no more; their time on it ends now.") % {"name": name},
        _("It waits again at its old place, usually the first, and others are asked before %(name)s.")
        % {"name": name},
        _("The customer stays connected and reads that they are back in the line."),
    )
    sheet = {
        "title": _("Give %(code)s back to the line"), "icon": "undo-2", "effects": effects,
        "button": _("Give back"),
    }  # fmt: skip
    return _item_act(
        request, item, ActForm(request.POST or None), sheet, _("Given back. Whoever is ready is asked now."),
        lambda **said: actions.give_back(ref, **said), possible=item.state == ItemState.ACCEPTED,
    )  # fmt: skip


@console_page(Permission.FLOOR_ACT)
@require_http_methods(GET_OR_POST)
def reassign(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """Give what waits or is in hand to a queue or to somebody else."""
    item = get_supervised(ref, actor=request.actor)
    card = card_by_id(item.brand_id)
    if card is None or not request.actor.can(Permission.REASSIGN, card.id):
        raise NotFound
    picks = picks_of(request.actor, card, item, now=clock.now())
    options = [Option(pick.value, pick.name, pick.state, can=pick.can) for pick in picks]
    form = PlaceForm(request.POST or None, choices=[(option.value, option.label) for option in options])
    sheet = {
        "title": _("Give %(code)s to somebody else"), "icon": "arrow-right-left", "name": "to",
        "legend": _("To whom, and how busy they are"), "options": options, "button": _("Give"),
    }  # fmt: skip
    return _item_act(
        request, item, form, sheet, _("Given. Whoever it went to is asked now."),
        lambda **said: actions.reassign(ref, to=target_of(form.cleaned_data["to"], card), **said),
        possible=item.state in MOVABLE,
    )  # fmt: skip


@console_page(Permission.FLOOR_ACT)
@require_http_methods(GET_OR_POST)
def take_over(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """Have a conversation oneself, as an agent of its client."""
    item = get_supervised(ref, actor=request.actor)
    if not request.actor.can(Permission.ANSWER, item.brand_id):
        raise NotFound
    name = _name(item.agent_id)
    effects = (
        _("%(name)s has it no more; their time on it ends now.") % {"name": name},
        _("It opens at your desk, and takes room there as any other. You must be Available."),
        _("The customer reads that you have joined."),
    )
    sheet = {
        "title": _("Take %(code)s over"), "icon": "hand", "effects": effects, "button": _("Take over"),
    }  # fmt: skip
    possible = item.state == ItemState.ACCEPTED and item.agent_id != request.actor.user_id
    return _item_act(
        request, item, ActForm(request.POST or None), sheet, _("It is yours now: see your inbox."),
        lambda **said: actions.take_over(ref, **said), possible=possible,
    )  # fmt: skip


def _item_act(
    request: SignedInRequest,
    item: WorkItem,
    form: ActForm,
    sheet: dict[str, Any],
    done: str,
    act: Callable[..., object],
    *,
    possible: bool,
) -> HttpResponse:
    """Show the sheet of an item, or do what it says. What cannot be done to it any more says so."""
    card = card_by_id(item.brand_id)
    if card is None:
        raise NotFound
    back = reverse("floor:queue", args=[item.queue_id])
    sheet |= {
        "title": sheet["title"] % {"code": code_of(item)}, "back": back, "hue": card.hue,
        "about": f"{card.name} · {_label(item)}", "possible": possible,
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        return _tried(
            request, form, back, done,
            lambda: act(
                version=form.version, words=form.cleaned_data["words"], actor=request.actor, now=clock.now()
            ),
            lambda: _sheet(request, sheet, form, str(item.version)),
        )  # fmt: skip
    return _sheet(request, sheet, form, str(item.version))


def _tried(
    request: SignedInRequest,
    form: ActForm,
    back: str,
    done: str,
    act: Callable[[], object],
    again: Callable[[], HttpResponse],
) -> HttpResponse:
    """Act and go back, or show the sheet again with why not."""
    try:
        act()
    except NotFound:
        raise
    except RoomError as error:
        form.add_error(None, str(error.message))
        answer = again()
        answer.status_code = error.status
        return answer
    messages.success(request, done)
    return HttpResponseRedirect(back)


def _sheet(request: SignedInRequest, sheet: dict[str, Any], form: ActForm, seen: str) -> HttpResponse:
    """Draw the sheet on what is so now: whoever confirms it confirms this."""
    context = {"sheet": {"possible": True} | sheet, "form": form, "seen": seen, "hues": [sheet.get("hue", 0)]}
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "floor/sheet.html", context, status=status)


def _state_sheet(actor: Actor, agent: Agent, options: Iterable[Option], back: str) -> dict[str, Any]:
    off = reverse("console:agent-sign-out", args=(agent.pk,)) if may_sign_out(actor, agent.pk) else ""
    return {
        "title": _("Change the state of %(name)s") % {"name": agent.user.name}, "icon": "users-round",
        "about": " · ".join(filter(None, [agent.employee_no, agent.team.name if agent.team else ""])),
        "name": "to", "legend": _("New state, and what follows"), "options": tuple(options),
        "button": _("Change state"), "back": back, "off": off,
    }  # fmt: skip


def _states(agent: Agent, one: AgentNow) -> list[Option]:
    """The states a supervisor can make of somebody, each with what follows from it."""
    kept, rings = _kept(one), any(ringing for _t, _w, ringing, _h in one.work.values())
    away = _("Nothing new is offered.") + kept + (_(" What rings goes back to its place.") if rings else "")
    closed = _(" Nothing rings until their desk is open.") if one.state in {LOST, "offline"} else ""
    named = {Availability.AVAILABLE.value: _("Work is offered from now on.") + closed}
    named |= {f"{Availability.AWAY.value}:{reason.code}": away for reason in reasons()}
    named[Availability.OFFLINE.value] = _("Counts as signed off from now on.") + " " + away
    away_for = _("Away · %(reason)s")
    labels = {f"away:{reason.code}": away_for % {"reason": reason.label} for reason in reasons()}
    labels |= {code: str(Availability(code).label) for code in ("available", "offline")}
    current = f"{one.state}:{one.reason}" if one.reason else one.state
    return [Option(value, labels[value], effect, value == current) for value, effect in named.items()]


def _kept(one: AgentNow) -> str:
    """Say what stays with them."""
    held = sum(talks + wraps for talks, wraps, _rings, _holds in one.work.values())
    if not held:
        return ""
    words = ngettext(" %(count)d conversation stays theirs.", " %(count)d conversations stay theirs.", held)
    return words % {"count": held}


def _priorities(item: WorkItem) -> list[Option]:
    options = []
    for n in PRIORITIES:
        ahead = ahead_of(item, priority=n)
        words = ngettext("%(count)d goes before it.", "%(count)d go before it.", ahead) % {"count": ahead}
        effect = words if ahead else _("It is the next of its queue.")
        options.append(Option(str(n), str(n), effect, n == item.priority))
    return options


def _mark(agent_id: int) -> str:
    with labour_scope():
        return state_mark(AgentState.objects.get(pk=agent_id))


def _name(agent_id: int | None) -> str:
    with labour_scope():
        found = Agent.objects.filter(pk=agent_id).values_list("user__name", flat=True).first()
    return found or _("Nobody")


def _label(item: WorkItem) -> str:
    with labour_scope():
        plan = QueuePlan.objects.filter(queue_id=item.queue_id).first()
    return plan.label if plan else ""
