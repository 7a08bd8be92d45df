"""Who is asked for what, over all clients: pools, how queues choose, what agents are asked for."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound, RoomError
from desk.console import routing_forms as forms
from desk.console.access import console_page
from routing import actions, reading
from routing.actions import Profile
from routing.errors import Invalid
from tenants.cards import all_cards
from workforce.queries import agent_named

GET_OR_POST = ["GET", "HEAD", "POST"]


@console_page(Permission.POOLS)
@require_http_methods(GET_OR_POST)
def pools(request: SignedInRequest) -> HttpResponse:
    """Show pools, queues and what is not interrupted; make a pool."""
    form = forms.PoolForm(request.POST or None, clients=_clients())
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            pool = actions.save_pool(
                name=data["name"],
                kind=data["kind"],
                brand_id=data["client"],
                actor=request.actor.who,
                now=clock.now(),
            )
        except Invalid as error:
            form.blame(error)
        else:
            messages.success(request, _("Made. Now say who is in it and which queues it serves."))
            return _to("routing-pool", pool.pk)
    return _overview(request, form=form)


@console_page(Permission.POOLS)
@require_POST
def bars(request: SignedInRequest) -> HttpResponse:
    """Save what is not interrupted by what."""
    names = [code for code, _label in reading.channel_names()]
    wanted = [(doing, asked) for doing in names for asked in names if f"{doing}>{asked}" not in request.POST]
    kept = [pair for pair in reading.bars() if not set(pair) <= set(names)]
    actions.set_bars([*wanted, *kept], actor=request.actor.who, now=clock.now())
    messages.success(request, _("Saved."))
    return _to("routing")


@console_page(Permission.POOLS)
@require_http_methods(GET_OR_POST)
def pool(request: SignedInRequest, pool_id: int) -> HttpResponse:
    """Show a pool; change its name."""
    row = reading.get_pool(pool_id)
    if request.method != "POST":
        return _pool(request, pool_id)
    form = forms.PoolNameForm(request.POST, pool=row)
    if form.is_valid():
        try:
            actions.save_pool(
                pool_id, name=form.cleaned_data["name"], kind=row.kind, brand_id=row.brand_id,
                actor=request.actor.who, now=clock.now(),
            )  # fmt: skip
        except Invalid as error:
            form.blame(error)
        else:
            messages.success(request, _("Saved."))
            return _to("routing-pool", pool_id)
    return _pool(request, pool_id, name=form)


@console_page(Permission.POOLS)
@require_POST
def retire(request: SignedInRequest, pool_id: int) -> HttpResponse:
    """End the pool."""
    try:
        actions.retire_pool(pool_id, actor=request.actor.who, now=clock.now())
    except NotFound:
        raise
    except RoomError as error:
        messages.warning(request, str(error.message))
        return _to("routing-pool", pool_id)
    messages.success(request, _("The pool is ended. Its history is kept."))
    return _to("routing")


@console_page(Permission.POOLS)
@require_POST
def join(request: SignedInRequest, pool_id: int) -> HttpResponse:
    """Put an agent into the pool."""
    reading.get_pool(pool_id)
    form = forms.MemberForm(request.POST)
    if form.is_valid():
        agent_id = agent_named(form.cleaned_data["agent"])
        try:
            actions.add_member(
                pool_id, agent_id or 0, valid_until=form.ends_at, actor=request.actor.who, now=clock.now()
            )
        except Invalid as error:
            form.blame(error)
        else:
            messages.success(request, _("In the pool."))
            return _to("routing-pool", pool_id)
    return _pool(request, pool_id, member=form)


@console_page(Permission.POOLS)
@require_POST
def leave(request: SignedInRequest, pool_id: int, member_id: int) -> HttpResponse:
    """Take an agent out of the pool."""
    actions.end_membership(member_id, actor=request.actor.who, now=clock.now())
    messages.success(request, _("Out of the pool. What they are on they finish."))
    return _to("routing-pool", pool_id)


@console_page(Permission.POOLS)
@require_POST
def serve(request: SignedInRequest, pool_id: int) -> HttpResponse:
    """Let the pool serve a queue, or change how."""
    reading.get_pool(pool_id)
    form = forms.ServingForm(request.POST, queues=reading.queue_choices())
    if form.is_valid():
        data = dict(form.cleaned_data)
        try:
            actions.serve(pool_id, data.pop("queue"), **data, actor=request.actor.who, now=clock.now())
        except Invalid as error:
            form.blame(error)
        else:
            messages.success(request, _("Saved."))
            return _to("routing-pool", pool_id)
    return _pool(request, pool_id, serving=form)


@console_page(Permission.POOLS)
@require_POST
def stop_serving(request: SignedInRequest, pool_id: int, queue_id: int) -> HttpResponse:
    """Take a queue from the pool."""
    try:
        actions.stop_serving(pool_id, queue_id, actor=request.actor.who, now=clock.now())
    except NotFound:
        raise
    except RoomError as error:
        messages.warning(request, str(error.message))
    else:
        messages.success(request, _("The pool does not serve it any more."))
    return _to("routing-pool", pool_id)


@console_page(Permission.POOLS)
@require_http_methods(GET_OR_POST)
def queue(request: SignedInRequest, queue_id: int) -> HttpResponse:
    """Show how a queue chooses and who helps it; change how it chooses."""
    if request.method != "POST":
        return _queue(request, queue_id)
    form = forms.MannerForm(request.POST)
    if form.is_valid():
        try:
            actions.set_manner(queue_id, **form.cleaned_data, actor=request.actor.who, now=clock.now())
        except Invalid as error:
            form.blame(error)
        else:
            messages.success(request, _("Saved."))
            return _to("routing-queue", queue_id)
    return _queue(request, queue_id, manner=form)


@console_page(Permission.POOLS)
@require_POST
def overflow(request: SignedInRequest, queue_id: int) -> HttpResponse:
    """Let others help the queue out."""
    page = reading.queue_page(queue_id, clock.now())
    form = forms.OverflowForm(request.POST, pools=page.pools, helpers=page.helpers)
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.add_overflow(
                queue_id, when=data["when"], threshold=data["threshold"] or 0, **form.target_ids(),
                actor=request.actor.who, now=clock.now(),
            )  # fmt: skip
        except Invalid as error:
            form.blame(error)
        else:
            messages.success(request, _("Saved."))
            return _to("routing-queue", queue_id)
    return _queue(request, queue_id, overflow=form)


@console_page(Permission.POOLS)
@require_POST
def remove_overflow(request: SignedInRequest, queue_id: int, overflow_id: int) -> HttpResponse:
    """Let them help no more."""
    actions.remove_overflow(overflow_id, actor=request.actor.who, now=clock.now())
    messages.success(request, _("Removed."))
    return _to("routing-queue", queue_id)


@console_page(Permission.POOLS)
@require_safe
def agents(request: SignedInRequest) -> HttpResponse:
    """List agents with what they are asked for; `?q=` is a part of a name or number."""
    asked = request.GET.get("q", "").strip()[:80]
    page: Any = reading.agent_rows(asked, request.GET.get("page", 1))
    names = dict(reading.channel_names())
    page.object_list = [
        (row, [(names.get(code, code), count) for code, count in row.channels.items()])
        for row in page.object_list
    ]
    context = {"page": page, "asked": asked}
    return render(request, "console/routing/agents.html", context | {"here": "agents"})


@console_page(Permission.POOLS)
@require_http_methods(GET_OR_POST)
def agent(request: SignedInRequest, agent_id: int) -> HttpResponse:
    """Show what an agent is asked for; change it."""
    now = clock.now()
    row = reading.profile_of(agent_id, now)
    form = forms.ProfileForm(
        request.POST or None, row=row, ramps=reading.ramps(), channels=reading.channel_names(),
        clients=[(card.id, card.name) for card in _clients()],
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        limits = form.chosen()
        profile = Profile(
            form.cleaned_data["full_cap"],
            {key: n for key, n in limits.items() if isinstance(key, str)},
            {key: n for key, n in limits.items() if isinstance(key, int)},
            form.cleaned_data["ramp"],
            form.cleaned_data["ramp_from"],
        )
        try:
            actions.save_profile(agent_id, profile, actor=request.actor.who, now=now)
        except Invalid as error:
            form.blame(error)
        else:
            messages.success(request, _("Saved. It holds from the next offer on."))
            return _to("routing-agent", agent_id)
    context = {"row": row, "form": form}
    return render(
        request,
        "console/routing/agent.html",
        context | {"here": "agents"},
        status=422 if form.errors else 200,
    )


@console_page(Permission.POOLS)
@require_http_methods(GET_OR_POST)
def ramps(request: SignedInRequest) -> HttpResponse:
    """List ramps for new agents; make one."""
    form = forms.RampForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _save_ramp(request, form, None):
        return _to("routing-ramps")
    return _ramps(request, form)


@console_page(Permission.POOLS)
@require_http_methods(GET_OR_POST)
def ramp(request: SignedInRequest, ramp_id: int) -> HttpResponse:
    """Change a ramp."""
    found = next((one for one in reading.ramps() if one.pk == ramp_id), None)
    if found is None:
        raise NotFound
    form = forms.RampForm(request.POST or None, ramp=found)
    if request.method == "POST" and form.is_valid() and _save_ramp(request, form, ramp_id):
        return _to("routing-ramps")
    return _ramps(request, form, ramp_id=ramp_id)


@console_page(Permission.POOLS)
@require_POST
def remove_ramp(request: SignedInRequest, ramp_id: int) -> HttpResponse:
    """Remove a ramp nobody is on."""
    try:
        actions.remove_ramp(ramp_id, actor=request.actor.who, now=clock.now())
    except NotFound:
        raise
    except RoomError as error:
        messages.warning(request, str(error.message))
    else:
        messages.success(request, _("Removed."))
    return _to("routing-ramps")


# ---- what the pages show ----


def _overview(request: SignedInRequest, *, form: forms.PoolForm) -> HttpResponse:
    names, barred = reading.channel_names(), reading.bars()
    context = {
        "pools": reading.pool_rows(clock.now()),
        "queues": reading.queue_rows(request.GET.get("page", 1)),
        "form": form,
        "asked_names": names,
        "matrix": [
            {
                "title": title,
                "cells": [
                    {"name": f"{doing}>{asked}", "asked": label, "allowed": (doing, asked) not in barred}
                    for asked, label in names
                ],
            }
            for doing, title in names
        ],
    }
    return render(
        request, "console/routing/pools.html", context | {"here": "pools"}, status=422 if form.errors else 200
    )


def _pool(request: SignedInRequest, pool_id: int, **more: Any) -> HttpResponse:
    now, row = clock.now(), reading.get_pool(pool_id)
    queues = reading.queue_choices(row.brand_id)
    context = {
        "pool": row,
        "client": next((card.name for card in _clients() if card.id == row.brand_id), ""),
        "is_everybody": row.kind == "shared" and row.brand_id is None,
        "members": reading.members_of(pool_id, now, request.GET.get("page", 1)),
        "served": reading.served_by(pool_id),
        "name": more.get("name") or forms.PoolNameForm(pool=row),
        "member": more.get("member") or forms.MemberForm(),
        "serving": more.get("serving") or forms.ServingForm(queues=queues),
        "now": now,
    }
    return render(
        request, "console/routing/pool.html", context | {"here": "pools"}, status=422 if more else 200
    )


def _queue(request: SignedInRequest, queue_id: int, **more: Any) -> HttpResponse:
    page = reading.queue_page(queue_id, clock.now())
    initial = {name: getattr(page.plan, name) for name in ("strategy", "scorer", "holdout", "prefer_seconds")}
    context = {
        "queue": page,
        "hues": [page.hue],
        "manner": more.get("manner") or forms.MannerForm(initial=initial),
        "overflow": more.get("overflow") or forms.OverflowForm(pools=page.pools, helpers=page.helpers),
    }
    return render(
        request, "console/routing/queue.html", context | {"here": "pools"}, status=422 if more else 200
    )


def _ramps(request: SignedInRequest, form: forms.RampForm, *, ramp_id: int | None = None) -> HttpResponse:
    context = {"ramps": reading.ramps(), "form": form, "ramp_id": ramp_id}
    return render(
        request, "console/routing/ramps.html", context | {"here": "ramps"}, status=422 if form.errors else 200
    )


def _save_ramp(request: SignedInRequest, form: forms.RampForm, ramp_id: int | None) -> bool:
    data = form.cleaned_data
    try:
        actions.save_ramp(
            ramp_id, name=data["name"], steps=data["steps"], actor=request.actor.who, now=clock.now()
        )
    except Invalid as error:
        form.blame(error)
        return False
    messages.success(request, _("Saved."))
    return True


def _clients() -> list[Any]:
    return sorted(all_cards(), key=lambda card: (card.name.casefold(), card.id))


def _to(name: str, *args: Any) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"console:{name}", args=args))
