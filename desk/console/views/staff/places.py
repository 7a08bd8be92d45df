"""Sites, teams and skills: made, changed, archived and brought back."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from desk.console.access import console_page
from desk.console.answers import saved, told
from desk.console.staff_forms import Choices, SiteForm, SkillForm, TeamForm
from desk.console.views.staff.common import back, show
from tenants.cards import card_by_id
from tenants.scope import labour_scope
from workforce.models import Certification
from workforce.staff import places
from workforce.staff.listing import SOON, ends_soon

PAGE = 50
Refused = dict[str, Any]


@console_page(Permission.STAFF)
@require_safe
def sites(request: SignedInRequest) -> HttpResponse:
    return _places(request)


@console_page(Permission.STAFF)
@require_POST
def save_site(request: SignedInRequest, site_id: int | None = None) -> HttpResponse:
    """Make a site, or change one."""
    form = SiteForm(request.POST)
    if _saved(request, form, lambda done: places.save_site(site_id, **form.cleaned_data, **done)):
        return back("staff-places")
    return _places(request, {"site": (site_id, form)}, status=422)


@console_page(Permission.STAFF)
@require_POST
def save_team(request: SignedInRequest, team_id: int | None = None) -> HttpResponse:
    """Make a team, or change one."""
    form = TeamForm(request.POST, sites=Choices().sites)
    if _saved(request, form, lambda done: places.save_team(team_id, **form.said(), **done)):
        return back("staff-places")
    return _places(request, {"team": (team_id, form)}, status=422)


@console_page(Permission.STAFF)
@require_POST
def archive_site(request: SignedInRequest, site_id: int) -> HttpResponse:
    """Archive a site, or bring it back."""
    return _archive(request, partial(places.archive_site, site_id), "staff-places")


@console_page(Permission.STAFF)
@require_POST
def archive_team(request: SignedInRequest, team_id: int) -> HttpResponse:
    """Archive a team, or bring it back."""
    return _archive(request, partial(places.archive_team, team_id), "staff-places")


@console_page(Permission.STAFF)
@require_safe
def skills(request: SignedInRequest) -> HttpResponse:
    return _skills(request)


@console_page(Permission.STAFF)
@require_POST
def save_skill(request: SignedInRequest, skill_id: int | None = None) -> HttpResponse:
    """Add a skill to the catalogue, or rename one."""
    form = SkillForm(request.POST)
    if _saved(request, form, lambda done: places.save_skill(skill_id, **form.cleaned_data, **done)):
        return back("staff-skills")
    return _skills(request, (skill_id, form), status=422)


@console_page(Permission.STAFF)
@require_POST
def archive_skill(request: SignedInRequest, skill_id: int) -> HttpResponse:
    """Archive a skill, or bring it back."""
    words = _("Archived. Who has it keeps it.")
    return _archive(request, partial(places.archive_skill, skill_id), "staff-skills", words)


@console_page(Permission.STAFF)
@require_safe
def certifications(request: SignedInRequest) -> HttpResponse:
    """Show what ends within 30 days, or did in the last 30 and was not renewed."""
    now = clock.now()
    with labour_scope():
        page = Paginator(ends_soon(now=now), PAGE).get_page(request.GET.get("page"))
        rows = list(page.object_list)
    found = [
        {
            "row": row,
            "client": card_by_id(row.brand_id),
            "is_over": _is_over(row, now),
        }
        for row in rows
    ]
    context = {"page": page, "rows": [one for one in found if one["client"]], "days": SOON.days}
    return show(request, "certifications", "staff-certifications", context)


def _is_over(row: Certification, now: datetime) -> bool:
    return bool(row.valid_until and row.valid_until <= now)


def _saved(request: SignedInRequest, form: Any, verb: Callable[[dict[str, Any]], object]) -> bool:
    """Save it and say so; `verb` is given who does it and when. What is refused stands at the name."""
    done = {"actor": request.actor.who, "now": clock.now()}
    return saved(request, form, lambda: verb(done), _("Saved."), at="name")


def _archive(
    request: SignedInRequest, verb: Callable[..., object], where: str, words: str = ""
) -> HttpResponse:
    """Archive it, or bring it back, as the form says."""
    archived = bool(request.POST.get("archived"))
    done = partial(verb, archived=archived, actor=request.actor.who, now=clock.now())
    told(request, done, (words or _("Archived.")) if archived else _("Brought back."))
    return back(where)


def _places(request: SignedInRequest, refused: Refused | None = None, *, status: int = 200) -> HttpResponse:
    """Show both lists; `refused`: {"site" or "team": (its id or None, the form with errors)}."""
    refused = refused or {}
    choices = Choices().sites
    with labour_scope():
        site_rows, team_rows = list(places.sites()), list(places.teams())
    site_id, site_form = refused.get("site", (None, None))
    team_id, team_form = refused.get("team", (None, None))
    fresh_site, fresh_team = SiteForm(initial={"timezone": request.actor.timezone}), TeamForm(sites=choices)
    context = {
        "sites": [
            {
                "row": row,
                "form": _form(site_form, site_id, row.pk, SiteForm(initial=_site(row)), "site"),
                "open": row.pk == site_id,
            }
            for row in site_rows
        ],
        "teams": [
            {
                "row": row,
                "form": _form(
                    team_form, team_id, row.pk, TeamForm(sites=choices, initial=_team(row)), "team"
                ),
                "open": row.pk == team_id,
            }
            for row in team_rows
        ],
        "site_form": _form(None if site_id else site_form, 0, 0, fresh_site, "site"),
        "team_form": _form(None if team_id else team_form, 0, 0, fresh_team, "team"),
        "has_sites": bool(choices),
    }
    return show(request, "places", "staff-places", context, status=status)


def _form(refused: Any, wanted: int | None, pk: int, fresh: Any, kind: str) -> Any:
    """Return the form of one row, the one that was refused for that row; its fields have ids of their own."""
    form = refused if refused and wanted == pk else fresh
    form.auto_id = f"{kind}_{pk}_%s"
    return form


def _site(row: Any) -> dict[str, Any]:
    return {"name": row.name, "timezone": row.timezone}


def _team(row: Any) -> dict[str, Any]:
    return {"name": row.name, "site_id": row.site_id, "lead": row.lead.user.email if row.lead else ""}


def _skills(request: SignedInRequest, refused: Any = (None, None), *, status: int = 200) -> HttpResponse:
    skill_id, form = refused
    with labour_scope():
        rows = list(places.skills())
    context = {
        "skills": [
            {
                "row": row,
                "form": _form(form, skill_id, row.pk, SkillForm(initial={"name": row.name}), "skill"),
                "open": row.pk == skill_id,
            }
            for row in rows
        ],
        "form": _form(None if skill_id else form, 0, 0, SkillForm(), "skill"),
    }
    return show(request, "skills", "staff-skills", context, status=status)
