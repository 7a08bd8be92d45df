"""Sites, teams and skills: made, changed, archived. What is archived stays with who has it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils.text import slugify

from accounts.actions import access_changed
from core.errors import NotFound
from tenants.audit import audit, changes, values_of
from tenants.scope import labour_scope
from workforce.errors import InUse, NameTaken
from workforce.models import Agent, Site, Skill, Team

Place = TypeVar("Place", Site, Team, Skill)
FIELDS: dict[type, tuple[str, ...]] = {
    Site: ("name", "timezone", "archived_at"),
    Team: ("name", "site", "lead", "archived_at"),
    Skill: ("code", "name", "archived_at"),
}


@transaction.atomic
def save_site(site_id: int | None = None, *, name: str, timezone: str, actor: str, now: datetime) -> Site:
    """Make a site, or change that one. Raises NameTaken, NotFound."""
    row = _locked(Site, site_id) if site_id else Site()
    before = _values(row)
    row.name, row.timezone = _one_line(name), timezone
    _save(row)
    _note("site.changed" if before else "site.created", row, before, actor=actor, now=now)
    return row


@transaction.atomic
def save_team(
    team_id: int | None = None,
    *,
    name: str,
    site_id: int,
    lead_id: int | None = None,
    actor: str,
    now: datetime,
) -> Team:
    """Make a team, or change that one; its lead is an agent who works here. Raises NameTaken, NotFound."""
    with labour_scope():
        sites = Site.objects.filter(pk=site_id)
        leads = Agent.objects.filter(pk=lead_id, left_on__isnull=True)
        if not sites.exists() or (lead_id and not leads.exists()):
            raise NotFound
    row = _locked(Team, team_id) if team_id else Team()
    before, led_by = _values(row), row.lead_id
    row.name, row.site_id, row.lead_id = _one_line(name), site_id, lead_id
    _save(row)
    if led_by != lead_id:
        _tell(led_by, lead_id)
    _note("team.changed" if before else "team.created", row, before, actor=actor, now=now)
    return row


@transaction.atomic
def save_skill(skill_id: int | None = None, *, name: str, code: str = "", actor: str, now: datetime) -> Skill:
    """Make a skill, or rename that one; a code never changes, files and queues name it. Raises NameTaken."""
    row = _locked(Skill, skill_id) if skill_id else Skill(code=code or slugify(name)[:64] or "skill")
    before = _values(row)
    row.name = _one_line(name)
    _save(row)
    _note("skill.changed" if before else "skill.created", row, before, actor=actor, now=now)
    return row


def archive_site(site_id: int, *, archived: bool, actor: str, now: datetime) -> None:
    """Archive a site where nobody works any more, or bring it back. Raises InUse, NotFound."""
    with labour_scope(), transaction.atomic():
        row = _locked(Site, site_id)
        here = Agent.objects.filter(Q(site=row) | Q(team__site=row, site__isnull=True), left_on__isnull=True)
        _refuse_used(here.count() if archived else 0)
        _archive("site.changed", row, archived, actor=actor, now=now)


def archive_team(team_id: int, *, archived: bool, actor: str, now: datetime) -> None:
    """Archive a team that nobody is in any more, or bring it back. Raises InUse, NotFound."""
    with labour_scope(), transaction.atomic():
        row = _locked(Team, team_id)
        here = Agent.objects.filter(team=row, left_on__isnull=True)
        _refuse_used(here.count() if archived else 0)
        _archive("team.changed", row, archived, actor=actor, now=now)
        _tell(row.lead_id)


def archive_skill(skill_id: int, *, archived: bool, actor: str, now: datetime) -> None:
    """Archive a skill, or bring it back; who has it keeps it. Raises NotFound."""
    with labour_scope(), transaction.atomic():
        row = _locked(Skill, skill_id)
        _archive("skill.changed", row, archived, actor=actor, now=now)


def sites() -> "QuerySet[Site]":
    """Return sites by name, archived last, each with `people` and `team_count` (lazy: labour scope)."""
    here = Count("agents", filter=Q(agents__left_on__isnull=True), distinct=True)
    rows = Site.objects.annotate(people=here, team_count=Count("teams", distinct=True))
    return rows.order_by("archived_at", "name")


def teams() -> "QuerySet[Team]":
    """Return teams by site and name, what is archived last, each with `people` (lazy: labour scope)."""
    here = Count("agents", filter=Q(agents__left_on__isnull=True))
    rows = Team.objects.annotate(people=here).select_related("site", "lead__user")
    return rows.order_by("archived_at", "site__name", "name")


def skills() -> "QuerySet[Skill]":
    """Return skills by name, what is archived last, each with `people` (lazy: labour scope)."""
    here = Count("agents", filter=Q(agents__agent__left_on__isnull=True))
    return Skill.objects.annotate(people=here).order_by("archived_at", "name")


def _tell(*lead_ids: int | None) -> None:
    """Have the pages of who leads, or led, look again at whom they may see."""
    for user_id in filter(None, lead_ids):
        access_changed(user_id)


def _locked(model: type[Place], pk: int) -> Place:
    with labour_scope():
        row = model.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def _save(row: Site | Team | Skill) -> None:
    try:
        with labour_scope(), transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise NameTaken from error


def _archive(verb: str, row: Site | Team | Skill, archived: bool, *, actor: str, now: datetime) -> None:
    before = _values(row)
    if archived != bool(row.archived_at):
        row.archived_at = now if archived else None
        row.save(update_fields=["archived_at"])
        _note(verb, row, before, actor=actor, now=now)


def _refuse_used(count: int) -> None:
    if count:
        raise InUse(count)


def _values(row: Site | Team | Skill) -> dict[str, Any] | None:
    return values_of(row, _fields(row)) if row.pk else None


def _note(
    verb: str, row: Site | Team | Skill, before: dict[str, Any] | None, *, actor: str, now: datetime
) -> None:
    if diff := changes(before or {}, values_of(row, _fields(row))):
        named = f"{row._meta.model_name}:{row.pk} {row.name}"
        audit(verb, actor=actor, object=named, diff=diff, now=now)


def _fields(row: Site | Team | Skill) -> Sequence[str]:
    return FIELDS[type(row)]


def _one_line(text: str) -> str:
    return " ".join(text.split())
