"""Who is asked for what, over all clients: pools, how queues choose, what agents are asked for."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound
from core.refusals import refusals
from desk.console import routing_forms as forms
from desk.console.access import console_page
from desk.console.answers import Verb, said, saved, told
from desk.console.hours_words import plan_words
from routing import actions, lending, reading
from routing.actions.manners import MANNER
from tenants.clients import served_clients

GET_OR_POST = ["GET", "HEAD", "POST"]


@console_page(Permission.POOLS)
@require_http_methods(GET_OR_POST)
def pools(request: SignedInRequest) -> HttpResponse:
    """Show pools, queues and what is not interrupted; make a pool."""
    form = forms.PoolForm(request.POST or None, clients=_clients())
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            pool = actions.save_pool(**form.said(), **_done(request))
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
    actions.set_bars([*wanted, *kept], **_done(request))
    messages.success(request, _("Saved."))
    return _to("routing")


@console_page(Permission.POOLS)
@require_http_methods(GET_OR_POST)
def pool(request: SignedInRequest, pool_id: int) -> HttpResponse:
    """Show a pool; change its name and its order."""
    row = reading.get_pool(pool_id)
    if request.method != "POST":
        return _pool(request, pool_id)
    form = forms.PoolNameForm(request.POST, pool=row)
    rename = partial(actions.save_pool, pool_id, kind=row.kind, brand_id=row.brand_id, **_done(request))
    if _saved(request, form, lambda: rename(**form.cleaned_data)):
        return _to("routing-pool", pool_id)
    return _pool(request, pool_id, name=form)


@console_page(Permission.POOLS)
@require_POST
def retire(request: SignedInRequest, pool_id: int) -> HttpResponse:
    """End the pool."""
    ended = told(
        request,
        lambda: actions.retire_pool(pool_id, **_done(request)),
        _("The pool is ended. Its history is kept."),
    )
    return _to("routing") if ended else _to("routing-pool", pool_id)


@console_page(Permission.POOLS)
@require_POST
def join(request: SignedInRequest, pool_id: int) -> HttpResponse:
    """Put an agent into the pool."""
    reading.get_pool(pool_id)
    form = forms.MemberForm(request.POST)
    if saved(
        request,
        form,
        lambda: actions.add_member(pool_id, **form.said(), **_done(request)),
        _("In the pool."),
    ):
        return _to("routing-pool", pool_id)
    return _pool(request, pool_id, member=form)


@console_page(Permission.POOLS)
@require_POST
def leave(request: SignedInRequest, pool_id: int, member_id: int) -> HttpResponse:
    """Take an agent out of the pool; they can be put back."""
    with said(request, _("Out of the pool. What they are on they finish; you can put them back below.")):
        actions.end_membership(pool_id, member_id, **_done(request))
    return _to("routing-pool", pool_id)


@console_page(Permission.POOLS)
@require_POST
def rejoin(request: SignedInRequest, pool_id: int, member_id: int) -> HttpResponse:
    """Put an agent who was taken out back."""
    with said(request, _("Back in the pool.")):
        actions.restore_membership(pool_id, member_id, **_done(request))
    return _to("routing-pool", pool_id)


@console_page(Permission.POOLS)
@require_http_methods(GET_OR_POST)
def loan(request: SignedInRequest, pool_id: int) -> HttpResponse:
    """Propose who of another pool could work for this one for a while; a POST with `agents` lends them."""
    row, now = reading.get_pool(pool_id), clock.now()
    data = request.POST if request.method == "POST" else request.GET or None
    form = forms.LoanForm(data, pools=lending.lenders(pool_id), zone=request.actor.timezone)
    chosen = [int(pk) for pk in request.POST.getlist("agents") if pk.isdecimal() and len(pk) < 19]
    proposed: list[lending.Candidate] = []
    if data is not None and form.is_valid():
        said = dict(form.cleaned_data)
        if request.method == "POST" and _lend(request, pool_id, form, chosen):
            return _to("routing-pool", pool_id)
        proposed = lending.candidates(pool_id, said["from_pool"], now)
        chosen = chosen or [one.agent_id for one in proposed[: said["count"]]]
    context = {
        "pool": row, "form": form, "proposed": proposed, "chosen": chosen, "here": "pools", "now": now,
        "is_asked": bool(data) and not form.errors,
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "console/routing/loan.html", context, status=status)


@console_page(Permission.POOLS)
@require_POST
def end_loan(request: SignedInRequest, pool_id: int, member_id: int) -> HttpResponse:
    """Send a lent agent back now."""
    reading.get_pool(pool_id)
    actions.end_loan(pool_id, member_id, **_done(request))
    messages.success(request, _("Back in their own pool. What they are on they finish."))
    return _to("routing-pool", pool_id)


@console_page(Permission.POOLS)
@require_POST
def serve(request: SignedInRequest, pool_id: int) -> HttpResponse:
    """Let the pool serve a queue, or change how."""
    reading.get_pool(pool_id)
    form = forms.ServingForm(request.POST, queues=reading.queue_choices())
    if _saved(request, form, lambda: actions.serve(pool_id, **form.said(), **_done(request))):
        return _to("routing-pool", pool_id)
    return _pool(request, pool_id, serving=form)


@console_page(Permission.POOLS)
@require_POST
def stop_serving(request: SignedInRequest, pool_id: int, queue_id: int) -> HttpResponse:
    """Take a queue from the pool."""
    with said(request, _("The pool does not serve it any more.")):
        actions.stop_serving(pool_id, queue_id, **_done(request))
    return _to("routing-pool", pool_id)


@console_page(Permission.POOLS)
@require_http_methods(GET_OR_POST)
def queue(request: SignedInRequest, queue_id: int) -> HttpResponse:
    """Show how a queue chooses and who helps it; change how it chooses."""
    if request.method != "POST":
        return _queue(request, queue_id)
    form = forms.MannerForm(request.POST)
    if _saved(request, form, lambda: actions.set_manner(queue_id, **form.cleaned_data, **_done(request))):
        return _to("routing-queue", queue_id)
    return _queue(request, queue_id, manner=form)


@console_page(Permission.POOLS)
@require_POST
def terms(request: SignedInRequest, queue_id: int) -> HttpResponse:
    """Say what missing the queue's target costs by contract."""
    page = reading.queue_page(queue_id, clock.now())
    form = forms.TermsForm(request.POST, plan=page.plan)
    if _saved(request, form, lambda: actions.set_terms(queue_id, **form.cleaned_data, **_done(request))):
        return _to("routing-queue", queue_id)
    return _queue(request, queue_id, terms=form)


@console_page(Permission.POOLS)
@require_POST
def overflow(request: SignedInRequest, queue_id: int) -> HttpResponse:
    """Let others help the queue out."""
    page = reading.queue_page(queue_id, clock.now())
    form = forms.OverflowForm(request.POST, pools=page.pools, helpers=page.helpers)
    if _saved(request, form, lambda: actions.add_overflow(queue_id, **form.said(), **_done(request))):
        return _to("routing-queue", queue_id)
    return _queue(request, queue_id, overflow=form)


@console_page(Permission.POOLS)
@require_POST
def remove_overflow(request: SignedInRequest, queue_id: int, overflow_id: int) -> HttpResponse:
    """Let them help no more; it can be put back."""
    with said(request, _("Removed. You can put it back below.")):
        actions.remove_overflow(queue_id, overflow_id, **_done(request))
    return _to("routing-queue", queue_id)


@console_page(Permission.POOLS)
@require_POST
def restore_overflow(request: SignedInRequest, queue_id: int, overflow_id: int) -> HttpResponse:
    """Let them help again as before."""
    with said(request, _("Put back.")):
        actions.restore_overflow(queue_id, overflow_id, **_done(request))
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
    if request.method == "POST" and saved(
        request,
        form,
        lambda: actions.save_profile(agent_id, form.said(), **_done(request)),
        _("Saved. It holds from the next offer on."),
    ):
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
def rest(request: SignedInRequest) -> HttpResponse:
    """Show when agents rest, in the house and by pool; change it for the house."""
    form = forms.RestForm(request.POST or None, numbers=reading.rest_numbers())
    if request.method == "POST" and _save_rest(request, form, None):
        return _to("routing-rest")
    context = {"form": form, "pools": reading.rest_rows(), "here": "rest"}
    return render(request, "console/routing/rest.html", context, status=422 if form.errors else 200)


@console_page(Permission.POOLS)
@require_POST
def pool_rest(request: SignedInRequest, pool_id: int) -> HttpResponse:
    """Say when agents rest from what comes by way of the pool."""
    reading.get_pool(pool_id)
    form = forms.RestForm(request.POST, numbers={})
    if _save_rest(request, form, pool_id):
        return _to("routing-pool", pool_id)
    return _pool(request, pool_id, rest=form)


@console_page(Permission.POOLS)
@require_http_methods(GET_OR_POST)
def ramps(request: SignedInRequest) -> HttpResponse:
    """List ramps for new agents; make one."""
    form = forms.RampForm(request.POST or None)
    if request.method == "POST" and _save_ramp(request, form, None):
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
    if request.method == "POST" and _save_ramp(request, form, ramp_id):
        return _to("routing-ramps")
    return _ramps(request, form, ramp_id=ramp_id)


@console_page(Permission.POOLS)
@require_POST
def remove_ramp(request: SignedInRequest, ramp_id: int) -> HttpResponse:
    """Remove a ramp nobody is on."""
    with said(request, _("Removed.")):
        actions.remove_ramp(ramp_id, **_done(request))
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
        "taken_out": reading.taken_out_of(pool_id, now),
        "served": reading.served_by(pool_id),
        "lent": lending.lent_to(pool_id, now),
        "away": lending.lent_by(pool_id, now),
        "name": more.get("name") or forms.PoolNameForm(pool=row),
        "member": more.get("member") or forms.MemberForm(),
        "serving": more.get("serving") or forms.ServingForm(queues=queues),
        "rest": more.get("rest") or forms.RestForm(numbers=reading.rest_numbers(pool_id)),
        "now": now,
    }
    return render(
        request, "console/routing/pool.html", context | {"here": "pools"}, status=422 if more else 200
    )


def _queue(request: SignedInRequest, queue_id: int, **more: Any) -> HttpResponse:
    now = clock.now()
    page = reading.queue_page(queue_id, now)
    initial = {name: getattr(page.plan, name) for name in MANNER}
    context = {
        "queue": page,
        "hues": [page.hue],
        "hours": plan_words(page.hours, zone=page.zone, now=now),
        "manner": more.get("manner") or forms.MannerForm(initial=initial),
        "terms": more.get("terms") or forms.TermsForm(plan=page.plan),
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
    return _saved(request, form, lambda: actions.save_ramp(ramp_id, **form.cleaned_data, **_done(request)))


def _saved(request: SignedInRequest, form: Form, verb: Verb) -> bool:
    return saved(request, form, verb, _("Saved."))


def _done(request: SignedInRequest) -> dict[str, Any]:
    """Return who does it and when, for a verb."""
    return {"actor": request.actor.who, "now": clock.now()}


def _lend(request: SignedInRequest, pool_id: int, form: forms.LoanForm, chosen: list[int]) -> bool:
    where = {"from_pool_id": form.cleaned_data["from_pool"], "until": form.cleaned_data["until"]}
    words = ngettext("%(count)d agent is lent.", "%(count)d agents are lent.", len(chosen))
    return saved(
        request,
        form,
        lambda: actions.lend(pool_id, chosen, **where, **_done(request)),
        words % {"count": len(chosen)},
    )


def _save_rest(request: SignedInRequest, form: forms.RestForm, pool_id: int | None) -> bool:
    return saved(
        request,
        form,
        lambda: actions.set_rest(pool_id, **form.cleaned_data, **_done(request)),
        _("Saved. It holds at once."),
    )


def _clients() -> list[Any]:
    return sorted(served_clients(), key=lambda card: (card.name.casefold(), card.id))


def _to(name: str, *args: Any) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"console:{name}", args=args))
