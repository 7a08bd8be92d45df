"""A client's way to live: its test, the checklist, going live, pause and resume."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.hosts import brand_url
from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound, RoomError
from desk.console.access import client_of_page, client_scope, console_grant, console_page
from desk.console.tabs import tab_context
from desk.console.wizard.fields import Filled, fields_of
from desk.console.wizard.words import soft_words
from interactions.actions import open_count
from interactions.calendar_rules import told
from interactions.trial import entrances, trial_key, trials
from tenants.choices import BrandKind, BrandState
from tenants.onboarding import actions, soft
from tenants.onboarding.access import draft_of
from tenants.onboarding.checklist import Line, checklist
from tenants.onboarding.registry import step_named
from tenants.onboarding.shapes import Invalid, read
from tenants.onboarding.soft import NUMBERS, SoftShape
from tenants.onboarding.values import DraftView
from tenants.values import BrandCard, SoftPlan

REASON = "reason-"


@console_page(Permission.CLIENT_LAUNCH)
@require_safe
def going_live(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show how far the client is and what stands in its way; of a live one, its entrances and the brake."""
    return _show(request, client_of_page(slug))


@console_page(Permission.CLIENT_LAUNCH)
@require_POST
def go_live(request: SignedInRequest, slug: str) -> HttpResponse:
    """Open the public entrances, with a reason for each amber line. 422: not yet."""
    client = client_of_page(slug)
    given = {name.removeprefix(REASON): str(text)[:200] for name, text in _reasons(request)}
    try:
        grant = request.actor.grant(Permission.CLIENT_LAUNCH, client)
        actions.go_live(client, reasons=given, grant=grant, actor=request.actor.who, now=clock.now())
    except RoomError as error:
        return _show(request, client, refused=str(error.message), reasons=given, status=error.status)
    return _back(slug)


@console_page(Permission.CLIENT_LAUNCH)
@require_POST
def soft_launch(request: SignedInRequest, slug: str) -> HttpResponse:
    """Open the public entrances to some visitors, or change to how many. 422: not yet, or what is wrong."""
    client = client_of_page(slug)
    given = {name.removeprefix(REASON): str(text)[:200] for name, text in _reasons(request)}
    typed = {name: request.POST.get(name, "")[:20] for name in NUMBERS}
    try:
        plan = read(SoftShape, typed, path="soft", context={})
        actor, grant = request.actor.who, request.actor.grant(Permission.CLIENT_LAUNCH, client)
        soft.soft_launch(client, plan, reasons=given, grant=grant, actor=actor, now=clock.now())
    except Invalid as error:
        filled = Filled("soft", typed, error.errors)
        return _show(request, client, reasons=given, filled=filled, status=422)
    except RoomError as error:
        filled = Filled("soft", typed)
        return _show(
            request, client, refused=str(error.message), reasons=given, filled=filled, status=error.status
        )
    return _back(slug)


@console_page(Permission.CLIENT_LAUNCH)
@require_POST
def pause(request: SignedInRequest, slug: str) -> HttpResponse:
    """Close the public entrances at once."""
    return _turn(request, slug, actions.pause)


@console_page(Permission.CLIENT_LAUNCH)
@require_POST
def resume(request: SignedInRequest, slug: str) -> HttpResponse:
    """Open them again."""
    return _turn(request, slug, actions.resume)


@console_page(Permission.CLIENT_LAUNCH)
@require_safe
def test(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the client's chat as a visitor has it, beside what becomes of it in the line and at the desk."""
    client = client_of_page(slug)
    key = trial_key(client)
    if not key:
        raise NotFound
    origin = brand_url(request, client.slug, "")
    context = tab_context(client, "onboarding") | _trials(request, client)
    context |= {"trial_url": f"{origin}/w/trial/{key}/", "draft": draft_of(client.id)}
    response = render(request, "console/onboarding/test.html", context)
    response.csp = {"frame-src": origin}  # type: ignore[attr-defined]
    return response


@console_page(Permission.CLIENT_LAUNCH)
@require_safe
def conversations(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show what became of the test conversations: asked for again every other second."""
    client = client_of_page(slug)
    return render(request, "console/onboarding/_trials.html", {"client": client, **_trials(request, client)})


@console_page(Permission.CLIENT_LAUNCH)
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: SignedInRequest, slug: str) -> HttpResponse:
    """Ask once, then make the sandbox anew."""
    client = client_of_page(slug)
    draft, refused = draft_of(client.id), ""
    if draft is None or not _is_sandbox(client):
        raise NotFound
    if request.method == "POST":
        try:
            actions.reset(
                draft.ref, version=draft.version, grant=console_grant(), actor=request.actor.who,
                now=clock.now(),
            )  # fmt: skip
            return _back(slug)
        except Invalid as error:
            refused = str(error)
    context = tab_context(client, "onboarding") | {"draft": draft, "refused": refused}
    return render(request, "console/onboarding/reset.html", context, status=422 if refused else 200)


def _turn(request: SignedInRequest, slug: str, verb: Callable[..., object]) -> HttpResponse:
    """Pause or resume; a refusal is shown on the page."""
    client = client_of_page(slug)
    try:
        verb(client, actor=request.actor.who, now=clock.now())
    except RoomError as error:
        return _show(request, client, refused=str(error.message), status=error.status)
    return _back(slug)


def _trials(request: SignedInRequest, client: BrandCard) -> dict[str, Any]:
    found = trials(client, request.actor.grant(Permission.CLIENT_LAUNCH, client))
    return {"trials": found, "passed": any(one.answered_at for one in found)}


def _show(
    request: SignedInRequest, client: BrandCard, *, refused: str = "", reasons: dict[str, str] | None = None,
    filled: Filled | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    draft, plan = draft_of(client.id), soft.soft_plan(client)
    lines = checklist(client, request.actor.grant(Permission.CLIENT_LAUNCH, client), now=clock.now())
    rows = [
        {"line": line, "mend": _mend(client, draft, line), "reason": (reasons or {}).get(line.name, "")}
        for line in lines
    ]
    context = tab_context(client, "onboarding") | {
        "state": BrandState(client.state).label,
        "is_new": client.state == BrandState.ONBOARDING,
        "is_soft": client.state == BrandState.SOFT,
        "is_sandbox": _is_sandbox(client),
        "plan": soft_words(plan, client.timezone) if plan else "",
        "going_on": _going_on(request, client) if plan else 0,
        "soft_fields": fields_of(filled or Filled("soft", _typed_of(plan))),
        "may_open": client.state in {BrandState.ONBOARDING, BrandState.SOFT} and not _is_sandbox(client),
        "is_live": client.state == BrandState.LIVE,
        "is_paused": client.state == BrandState.PAUSED,
        "rows": rows,
        "blocked": any(line.state == "bad" for line in lines),
        "refused": refused,
        "draft": draft,
        "testable": bool(trial_key(client)),
        "snippets": _snippets(request, client),
    }
    return render(request, "console/onboarding/going_live.html", context, status=status)


def _is_sandbox(client: BrandCard) -> bool:
    return client.kind == BrandKind.SANDBOX


def _typed_of(plan: SoftPlan | None) -> dict[str, Any]:
    """Return the form's values: of the plan in force, else what is proposed."""
    if plan is None:
        return {"share": 10, "opens": "", "closes": "", "most_open": 5}
    times = {name: "" if (at := getattr(plan, name)) is None else told(at) for name in ("opens", "closes")}
    return {"share": plan.share, **times, "most_open": plan.most_open}


def _going_on(request: SignedInRequest, client: BrandCard) -> int:
    with client_scope(request.actor, client):
        return open_count()


def _mend(client: BrandCard, draft: DraftView | None, line: Line) -> str:
    """Return the address of the screen that mends it, "" when there is none or nothing to mend."""
    if line.state == "good":
        return ""
    if line.mend == "test":
        return reverse("console:onboarding-test", args=(client.slug,)) if trial_key(client) else ""
    open_draft = draft is not None and draft.is_open and step_named(line.mend) is not None
    return reverse("console:onboarding-step", args=(draft.ref, line.mend)) if draft and open_draft else ""


def _snippets(request: SignedInRequest, client: BrandCard) -> list[tuple[str, str]]:
    """Return, for each public entrance, its name and the line of HTML that a page of the client holds."""
    origin = brand_url(request, client.slug, "")
    line = '<script async src="{}/w.js" data-key="{}"></script>'
    return [
        (name, line.format(origin, key))
        for name, key in entrances(client, request.actor.grant(Permission.CLIENT_LAUNCH, client))
    ]


def _reasons(request: SignedInRequest) -> list[tuple[str, str]]:
    return [(name, request.POST[name]) for name in request.POST if name.startswith(REASON)]


def _back(slug: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("console:onboarding", args=(slug,)))
