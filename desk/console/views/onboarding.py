"""The wizard that sets a client up. Each save is one POST and one transaction; it works without scripts."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound, RoomError
from desk.console.access import console_grant, console_page
from desk.console.wizard.fields import HUES, Field, Filled, Rows, fields_of, hue_of
from desk.console.wizard.posts import data_of
from desk.console.wizard.preview import preview_of
from tenants import slugs
from tenants.cards import card_by_slug
from tenants.choices import BrandKind
from tenants.clients import client_page
from tenants.look.actions import MOST_READ
from tenants.look.logos import BadLogo
from tenants.look.views import picture
from tenants.onboarding import actions
from tenants.onboarding.access import Stale, get_draft, get_logo
from tenants.onboarding.blueprints import blueprints
from tenants.onboarding.registry import Step, step_named, steps
from tenants.onboarding.shapes import Errors, Invalid
from tenants.onboarding.values import DraftView
from workforce.onboarding import SHOWN, candidates

WORKSPACE, BRAND, LOGO = "workspace", "brand", "logo"
PAGE = "console/onboarding/step.html"


@console_page(Permission.CLIENTS_ONBOARD)
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: SignedInRequest) -> HttpResponse:
    """Ask what the new client begins with; POST begins a draft and leads to its first step."""
    if request.method == "POST":
        draft = _started(request)
        if draft is not None:
            return HttpResponseRedirect(_path(draft, draft.step))
    wrong = request.method == "POST"
    context = {"blueprints": blueprints(), "like": client_page("", 1), "wrong": wrong, "hues": []}
    return render(request, "console/onboarding/begin.html", context, status=422 if wrong else 200)


@console_page(Permission.CLIENTS_ONBOARD)
@require_safe
def resume(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """Lead to where the onboarding was left."""
    draft = get_draft(ref)
    if draft.brand:
        return HttpResponseRedirect(reverse("console:onboarding", args=(draft.brand.slug,)))
    return HttpResponseRedirect(_path(draft, _after(draft.step) if draft.saved else draft.step))


@console_page(Permission.CLIENTS_ONBOARD)
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: SignedInRequest, ref: UUID, name: str) -> HttpResponse:
    """Show one step; POST keeps it and leads on. 422: what is wrong, by field. 409: saved meanwhile."""
    draft, found = get_draft(ref), _step(name)
    if draft.brand and not draft.is_open:
        return HttpResponseRedirect(reverse("console:onboarding", args=(draft.brand.slug,)))
    if request.method != "POST":
        return _show(request, draft, found, draft.data.get(name, {}))
    data = _typed(request, found)
    if name == BRAND and (request.FILES.get(LOGO) or request.POST.get("go") == "no-logo"):
        return _with_logo(request, draft, found, data)
    if request.POST.get("go") not in (None, "", "on"):
        return _show(request, draft, found, data)
    try:
        draft = actions.save_step(
            ref, name, data, version=_version(request), grant=console_grant(), actor=request.actor.who,
            now=clock.now(),
        )  # fmt: skip
    except Invalid as error:
        return _show(request, draft, found, data, errors=error.errors, status=422)
    except Stale as error:
        return _show(request, get_draft(ref), found, data, refused=str(error.message), status=409)
    except RoomError as error:
        return _show(request, draft, found, data, refused=str(error.message), status=error.status)
    return HttpResponseRedirect(_path(draft, _after(name)))


@console_page(Permission.CLIENTS_ONBOARD)
@require_POST
def preview(request: SignedInRequest, ref: UUID, name: str) -> HttpResponse:
    """Show what is being typed as customers and managers will see it; keeps nothing."""
    draft, found = get_draft(ref), _step(name)
    context = preview_of({**draft.data, name: _typed(request, found)}, logo=_logo_path(draft))
    return render(request, "console/onboarding/_preview.html", {"preview": context})


@console_page(Permission.CLIENTS_ONBOARD)
@require_safe
def logo(request: SignedInRequest, ref: UUID, digest: str) -> HttpResponse:
    """Give the logo of a client that is being set up."""
    held = get_logo(ref, digest)
    return picture(held.kind, held.body, kept="private, max-age=3600")


@console_page(Permission.CLIENTS_ONBOARD)
@require_safe
def short_name(request: SignedInRequest) -> HttpResponse:
    """Say whether a short name can be had; propose one while none was chosen: ?name, ?slug, ?suggested."""
    asked = {key: request.GET.get(key, "").strip()[:120] for key in ("name", "slug", "suggested")}
    proposed = slugs.suggestion(asked["name"])
    untouched = asked["slug"] in ("", asked["suggested"])
    slug = proposed if untouched and request.GET.get("of") == "name" else asked["slug"]
    field = Field("slug", _("Short name"), "slug", value=slug, required=True)
    fault = str(slugs.fault_of(slug)) if slug else ""
    context = {"field": field, "fault": fault, "free": bool(slug) and not fault, "suggested": proposed}
    return render(request, "console/onboarding/_slug.html", context)


@console_page(Permission.CLIENTS_ONBOARD)
@require_http_methods(["GET", "HEAD", "POST"])
def workspace(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """Show all that was typed and what is still wrong; POST makes the workspace, whole or not at all."""
    draft = get_draft(ref)
    if draft.brand:
        return HttpResponseRedirect(reverse("console:onboarding-test", args=(draft.brand.slug,)))
    if request.method != "POST":
        return _review(request, draft)
    try:
        built = actions.build(
            ref, version=_version(request), grant=console_grant(), actor=request.actor.who, now=clock.now()
        )
    except Invalid:
        return _review(request, draft, status=422)
    except RoomError as error:
        built = get_draft(ref)
        if built.brand is None:
            return _review(request, built, refused=str(error.message), status=error.status)
    if built.brand is None:
        raise NotFound
    return HttpResponseRedirect(reverse("console:onboarding-test", args=(built.brand.slug,)))


@console_page(Permission.CLIENTS_ONBOARD)
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """Ask once, then take everything back: the draft, and the workspace if it stands."""
    draft = get_draft(ref)
    if not draft.is_open:
        raise NotFound
    refused = ""
    if request.method == "POST":
        try:
            actions.undo(ref, version=_version(request), actor=request.actor.who, now=clock.now())
            return HttpResponseRedirect(reverse("console:clients"))
        except Stale as error:
            draft, refused = get_draft(ref), str(error.message)
    context = {"draft": draft, "refused": refused, "hues": []}
    return render(request, "console/onboarding/undo.html", context, status=409 if refused else 200)


def _started(request: SignedInRequest) -> DraftView | None:
    """Begin the draft that the form asks for; None when it asks for nothing that is there."""
    kind, _colon, name = request.POST.get("begin", "").partition(":")
    like = card_by_slug(name) if kind == "like" and name.isascii() else None
    if kind not in {"like", "blueprint"} or (kind == "like" and like is None):
        return None
    try:
        return actions.start(
            blueprint_name=name, like=like, kind=_kind(request), grant=console_grant(),
            actor=request.actor.who, now=clock.now(),
        )  # fmt: skip
    except NotFound:
        return None


def _kind(request: HttpRequest) -> BrandKind:
    return BrandKind.SANDBOX if request.POST.get("sandbox") else BrandKind.CLIENT


def _typed(request: HttpRequest, found: Step) -> dict[str, Any]:
    """Return what the form sent; a brand without a short name gets the one that its name proposes."""
    data = data_of(request.POST)
    if found.name == BRAND:
        data.pop(LOGO, None)  # so a browser sends a file that was not chosen
    if found.name == BRAND and not str(data.get("slug", "")).strip():
        data["slug"] = slugs.suggestion(str(data.get("name", "")))
    return data


def _with_logo(request: SignedInRequest, draft: DraftView, found: Step, data: dict[str, Any]) -> HttpResponse:
    """Keep another logo, or none; show the step again with its colour offered and what was typed."""
    upload = request.FILES.get(LOGO)
    did: dict[str, Any] = {"version": _version(request), "actor": request.actor.who, "now": clock.now()}
    try:
        if upload:
            draft = actions.keep_logo(draft.ref, upload.read(MOST_READ), **did)
        else:
            draft = actions.forget_logo(draft.ref, **did)
    except BadLogo as error:
        return _show(
            request, draft, found, data, errors={f"{BRAND}.{LOGO}": [str(error.message)]}, status=422
        )
    except Stale as error:
        return _show(request, get_draft(draft.ref), found, data, refused=str(error.message), status=409)
    return _show(request, draft, found, data)


def _show(
    request: SignedInRequest, draft: DraftView, found: Step, data: Any, *, errors: Errors | None = None,
    refused: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    go, search = request.POST.get("go", ""), (request.POST.get("q") or request.GET.get("q", ""))[:80]
    picture_path, suggested = _logo_path(draft), draft.logo.hue if draft.logo else None
    filled = Filled(
        found.name, data, errors or {}, go.removeprefix("more-"), logo=picture_path, suggested=suggested,
        lines=_lines(draft),
    )  # fmt: skip
    fields = fields_of(filled)
    context = _frame(draft, found.name) | {
        "step": found, "fields": fields, "wrong": _summary(fields, filled), "refused": refused,
        "preview": preview_of({**draft.data, found.name: data}, logo=picture_path), "search": search,
        "form": f"console/onboarding/_{'people' if found.name == 'people' else 'fields'}.html",
    }  # fmt: skip
    if found.name == "people":
        context |= _people(filled, search)
    return render(request, PAGE, context, status=status)


def _people(filled: Filled, search: str) -> dict[str, Any]:
    said = filled.data.get("agents")
    picked = [str(one) for one in said] if isinstance(said, list) else []
    found, count = candidates(picked, search=search.replace("\x00", ""))
    return {
        "candidates": found, "picked": picked, "count": count, "more": max(0, count - SHOWN),
        "fault": " ".join(filled.errors_at("agents", deep=True)),
    }  # fmt: skip


def _summary(fields: list[Field | Rows], filled: Filled) -> list[tuple[str, Any, str]]:
    """Return (id, label, words) of every field that is wrong, and of what no field shows."""
    flat = [one for each in fields for one in ([each] if isinstance(each, Field) else _cells(each))]
    found = [(one.id, one.label, " ".join(one.errors)) for one in flat if one.errors]
    shown = {f"{filled.step}.{one.name}" for one in [*flat, *fields]}
    left = [(path, words) for path, words in filled.errors.items() if not _is_shown(path, shown)]
    return [*found, *(("form", path.partition(".")[2], " ".join(words)) for path, words in left)]


def _cells(rows: Rows) -> list[Any]:
    return [rows, *(cell for row in rows.rows for cell in row)]


def _is_shown(path: str, shown: set[str]) -> bool:
    return path in shown or path.rpartition(".")[0] in shown


def _review(
    request: SignedInRequest, draft: DraftView, *, refused: str = "", status: int = 200
) -> HttpResponse:
    errors: Errors = {}
    try:
        actions.checked(draft.data)
    except Invalid as error:
        errors = error.errors
    parts = [
        {
            "title": each.title,
            "path": _path(draft, each.name),
            "saved": each.name in draft.saved,
            "wrong": _wrong(draft, each.name, errors),
        }
        for each in steps()
    ]
    context = _frame(draft, WORKSPACE) | {
        "parts": parts, "ready": not errors, "refused": refused,
        "preview": preview_of(draft.data, logo=_logo_path(draft)),
    }  # fmt: skip
    return render(request, "console/onboarding/workspace.html", context, status=status)


def _lines(draft: DraftView) -> list[str]:
    """Return the names of the waiting lines that the draft has so far."""
    return [str(line.get("name", "")) for line in draft.data.get("queues", {}).get("lines", ())]


def _wrong(draft: DraftView, name: str, errors: Errors) -> list[tuple[str, Any, str]]:
    """Return (id, label, words) of what is wrong in one step."""
    mine = {path: words for path, words in errors.items() if path.split(".")[0] == name}
    filled = Filled(name, draft.data.get(name, {}), mine, lines=_lines(draft))
    return _summary(fields_of(filled), filled)


def _frame(draft: DraftView, here: str) -> dict[str, Any]:
    """Return what every page of the wizard shows: the draft, its steps with where one is, the hues."""
    names = [(each.name, each.title) for each in steps()]
    line = [
        {"title": title, "path": _path(draft, name), "here": name == here, "done": name in draft.saved}
        for name, title in names
    ]
    last = {
        "title": _("Workspace"),
        "path": _path(draft, WORKSPACE),
        "here": here == WORKSPACE,
        "done": draft.is_built,
    }
    before = _before(here)
    return {
        "draft": draft, "line": [*line, last], "back": _path(draft, before) if before else "",
        "hues": _hues(draft), "undo": reverse("console:onboarding-undo", args=(draft.ref,)),
    }  # fmt: skip


def _hues(draft: DraftView) -> list[int]:
    """Return what the stylesheet has to know: our hues, the draft's own and that of its logo."""
    own = hue_of(draft.data.get(BRAND, {}).get("hue"))
    others = {own, draft.logo.hue if draft.logo else None} - {None}
    return sorted({*(hue for hue, _name in HUES), *(hue for hue in others if hue is not None)})


def _logo_path(draft: DraftView) -> str:
    return reverse("console:onboarding-logo", args=(draft.ref, draft.logo.digest)) if draft.logo else ""


def _step(name: str) -> Step:
    found = step_named(name)
    if found is None:
        raise NotFound
    return found


def _order() -> list[str]:
    return [*(each.name for each in steps()), WORKSPACE]


def _after(name: str) -> str:
    order = _order()
    return order[min(order.index(name) + 1, len(order) - 1)] if name in order else WORKSPACE


def _before(name: str) -> str:
    order = _order()
    return order[order.index(name) - 1] if name in order and order.index(name) else ""


def _path(draft: DraftView, name: str) -> str:
    if name == WORKSPACE:
        return reverse("console:onboarding-workspace", args=(draft.ref,))
    return reverse("console:onboarding-step", args=(draft.ref, name or steps()[0].name))


def _version(request: HttpRequest) -> int:
    """Return the version that the form was made of; one that is none fits nothing."""
    said = request.POST.get("version", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 9 else 0
