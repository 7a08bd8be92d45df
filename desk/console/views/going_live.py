"""A client's way to live: its test, the checklist, going live, pause and resume."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.hosts import brand_url
from accounts.http import SignedInRequest
from core import clock
from core.errors import NotFound, RoomError
from desk.console.access import client_of_page, operators_only
from desk.console.tabs import tab_context
from interactions.trial import entrances, trial_key, trials
from tenants.choices import BrandState
from tenants.onboarding import actions
from tenants.onboarding.access import draft_of
from tenants.onboarding.checklist import Line, checklist
from tenants.onboarding.registry import step_named
from tenants.onboarding.values import DraftView
from tenants.values import BrandCard

REASON = "reason-"


@operators_only
@require_safe
def going_live(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show how far the client is and what stands in its way; of a live one, its entrances and the brake."""
    return _show(request, client_of_page(slug))


@operators_only
@require_POST
def go_live(request: SignedInRequest, slug: str) -> HttpResponse:
    """Open the public entrances, with a reason for each amber line. 422: not yet."""
    client = client_of_page(slug)
    given = {name.removeprefix(REASON): str(text)[:200] for name, text in _reasons(request)}
    try:
        grant = request.actor.operator_grant(client)
        actions.go_live(client, reasons=given, grant=grant, actor=request.actor.who, now=clock.now())
    except RoomError as error:
        return _show(request, client, refused=str(error.message), reasons=given, status=error.status)
    return _back(slug)


@operators_only
@require_POST
def pause(request: SignedInRequest, slug: str) -> HttpResponse:
    """Close the public entrances at once."""
    return _turn(request, slug, actions.pause)


@operators_only
@require_POST
def resume(request: SignedInRequest, slug: str) -> HttpResponse:
    """Open them again."""
    return _turn(request, slug, actions.resume)


@operators_only
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


@operators_only
@require_safe
def conversations(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show what became of the test conversations: asked for again every other second."""
    client = client_of_page(slug)
    return render(request, "console/onboarding/_trials.html", {"client": client, **_trials(request, client)})


def _turn(request: SignedInRequest, slug: str, verb: Callable[..., object]) -> HttpResponse:
    """Pause or resume; a refusal is shown on the page."""
    client = client_of_page(slug)
    try:
        verb(client, actor=request.actor.who, now=clock.now())
    except RoomError as error:
        return _show(request, client, refused=str(error.message), status=error.status)
    return _back(slug)


def _trials(request: SignedInRequest, client: BrandCard) -> dict[str, Any]:
    found = trials(client, request.actor.operator_grant(client))
    return {"trials": found, "passed": any(one.answered_at for one in found)}


def _show(
    request: SignedInRequest, client: BrandCard, *, refused: str = "", reasons: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    draft = draft_of(client.id)
    lines = checklist(client, request.actor.operator_grant(client), now=clock.now())
    rows = [
        {"line": line, "mend": _mend(client, draft, line), "reason": (reasons or {}).get(line.name, "")}
        for line in lines
    ]
    context = tab_context(client, "onboarding") | {
        "state": BrandState(client.state).label,
        "is_new": client.state == BrandState.ONBOARDING,
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
        for name, key in entrances(client, request.actor.operator_grant(client))
    ]


def _reasons(request: SignedInRequest) -> list[tuple[str, str]]:
    return [(name, request.POST[name]) for name in request.POST if name.startswith(REASON)]


def _back(slug: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("console:onboarding", args=(slug,)))
