"""Sites, teams and skills: listed, made, changed, archived."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.calls import once
from accounts.api.pages import NumberPages
from accounts.api.problems import BODY
from accounts.api.schema import empty, listed
from accounts.api.shapes import NothingIn
from accounts.api.views import ApiView
from accounts.keys.scopes import Scope
from accounts.models import normalise_email
from core import clock
from core.errors import NotFound
from tenants.onboarding.shapes import Invalid
from tenants.scope import labour_scope
from workforce.api import shapes
from workforce.api.shapes import SiteOut, SkillOut, TeamOut
from workforce.models import Agent, Site, Skill, Team
from workforce.staff import places

READ, WRITE = Scope.PEOPLE_READ, Scope.PEOPLE_WRITE
GONE = {204: empty("It is in use again.")}
Place = TypeVar("Place", Site, Team, Skill)


class PlaceView(ApiView):
    """What the endpoints of one kind share: its rows, and how one is answered."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ, "PUT": WRITE}
    rows: ClassVar[Callable[[], "QuerySet[Any]"]]
    out: ClassVar[type[serializers.Serializer[Any]]]

    def one(self, ref: UUID) -> Any:
        """Return the row, an archived one too. Raises NotFound."""
        with labour_scope():
            row = type(self).rows().filter(ref=ref).first()
        if row is None:
            raise NotFound
        return row

    def answer(self, ref: UUID, *, status: int = 200) -> Response:
        return Response(self.out(value_of(self.one(ref))).data, status=status)

    def archived(self, request: Request, verb: Callable[..., None], ref: UUID) -> Response:
        """Archive it, once."""
        self.body(NothingIn)
        row = self.one(ref)

        def made() -> UUID:
            verb(row.pk, archived=True, actor=self.caller.who, now=clock.now())
            return ref

        return self.answer(once(request, made), status=201)

    def brought_back(self, verb: Callable[..., None], ref: UUID) -> Response:
        verb(self.one(ref).pk, archived=False, actor=self.caller.who, now=clock.now())
        return Response(status=204)


class SiteView(PlaceView):
    rows = staticmethod(Site.objects.all)
    out = SiteOut


class TeamView(PlaceView):
    rows = staticmethod(lambda: Team.objects.select_related("site", "lead__user"))
    out = TeamOut

    def said(self) -> dict[str, Any]:
        """Read a team: its site and its lead by what names them. Raises Invalid."""
        said = self.body(shapes.TeamIn)
        site_ref, lead = said.pop("site_ref"), said.pop("lead")
        site_id = id_of(Site, site_ref, path="site_ref")
        return said | {"site_id": site_id, "lead_id": _lead_id(lead) if lead else None}


class SkillView(PlaceView):
    rows = staticmethod(Skill.objects.all)
    out = SkillOut


class Sites(SiteView):
    """The places agents work at, archived ones left out; a new one."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ, "POST": WRITE}
    pages = NumberPages

    @listed(SiteOut, operation="list_sites", summary="Sites", examples=[shapes.SITE])
    def get(self, request: Request) -> Response:
        return self.listed(lambda: _used(self.rows()), value_of, scope=labour_scope, shape=SiteOut)

    @extend_schema(
        operation_id="create_site", summary="Make a site", request=shapes.SiteIn, responses={201: SiteOut},
        examples=[shapes.SITE_BODY, shapes.SITE],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        said, who = self.body(shapes.SiteIn), self.caller.who
        made = once(request, lambda: places.save_site(actor=who, now=clock.now(), **said).ref)
        return self.answer(made, status=201)


class OneSite(SiteView):
    @extend_schema(
        operation_id="get_site", summary="One site", responses={200: SiteOut}, examples=[shapes.SITE]
    )
    def get(self, request: Request, ref: UUID) -> Response:
        return self.answer(ref)

    @extend_schema(
        operation_id="change_site", summary="Change a site", request=shapes.SiteIn,
        responses={200: SiteOut}, examples=[shapes.SITE_BODY, shapes.SITE],
    )  # fmt: skip
    def put(self, request: Request, ref: UUID) -> Response:
        row, said = self.one(ref), self.body(shapes.SiteIn)
        places.save_site(row.pk, actor=self.caller.who, now=clock.now(), **said)
        return self.answer(ref)


class SiteArchive(SiteView):
    """The site is archived: POST archives it once nobody works there, DELETE brings it back."""

    scopes: ClassVar[dict[str, str]] = {"POST": WRITE, "DELETE": WRITE}

    @extend_schema(
        operation_id="archive_site", summary="Archive a site where nobody works any more",
        request=NothingIn, responses={201: SiteOut}, examples=[shapes.SITE],
    )  # fmt: skip
    def post(self, request: Request, ref: UUID) -> Response:
        return self.archived(request, places.archive_site, ref)

    @extend_schema(operation_id="bring_site_back", summary="Bring a site back", responses=GONE)
    def delete(self, request: Request, ref: UUID) -> Response:
        return self.brought_back(places.archive_site, ref)


class Teams(TeamView):
    """The teams, archived ones left out; a new one."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ, "POST": WRITE}
    pages = NumberPages

    @listed(TeamOut, operation="list_teams", summary="Teams", examples=[shapes.TEAM])
    def get(self, request: Request) -> Response:
        return self.listed(lambda: _used(self.rows()), value_of, scope=labour_scope, shape=TeamOut)

    @extend_schema(
        operation_id="create_team", summary="Make a team", request=shapes.TeamIn, responses={201: TeamOut},
        examples=[shapes.TEAM_BODY, shapes.TEAM],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        who = self.caller.who
        made = once(request, lambda: places.save_team(actor=who, now=clock.now(), **self.said()).ref)
        return self.answer(made, status=201)


class OneTeam(TeamView):
    @extend_schema(
        operation_id="get_team", summary="One team", responses={200: TeamOut}, examples=[shapes.TEAM]
    )
    def get(self, request: Request, ref: UUID) -> Response:
        return self.answer(ref)

    @extend_schema(
        operation_id="change_team", summary="Change a team as a whole", request=shapes.TeamIn,
        responses={200: TeamOut}, examples=[shapes.TEAM_BODY, shapes.TEAM],
    )  # fmt: skip
    def put(self, request: Request, ref: UUID) -> Response:
        row, said = self.one(ref), self.said()
        places.save_team(row.pk, actor=self.caller.who, now=clock.now(), **said)
        return self.answer(ref)


class TeamArchive(TeamView):
    """The team is archived: POST archives it once nobody is in it, DELETE brings it back."""

    scopes: ClassVar[dict[str, str]] = {"POST": WRITE, "DELETE": WRITE}

    @extend_schema(
        operation_id="archive_team", summary="Archive a team that nobody is in any more",
        request=NothingIn, responses={201: TeamOut}, examples=[shapes.TEAM],
    )  # fmt: skip
    def post(self, request: Request, ref: UUID) -> Response:
        return self.archived(request, places.archive_team, ref)

    @extend_schema(operation_id="bring_team_back", summary="Bring a team back", responses=GONE)
    def delete(self, request: Request, ref: UUID) -> Response:
        return self.brought_back(places.archive_team, ref)


class Skills(SkillView):
    """The catalogue of skills, archived ones left out; a new one."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ, "POST": WRITE}
    pages = NumberPages

    @listed(SkillOut, operation="list_skills", summary="Skills", examples=[shapes.SKILL])
    def get(self, request: Request) -> Response:
        return self.listed(lambda: _used(self.rows()), value_of, scope=labour_scope, shape=SkillOut)

    @extend_schema(
        operation_id="create_skill", summary="Add a skill to the catalogue", request=shapes.SkillIn,
        responses={201: SkillOut}, examples=[shapes.SKILL_BODY, shapes.SKILL],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        said, who = self.body(shapes.SkillIn), self.caller.who
        made = once(request, lambda: places.save_skill(actor=who, now=clock.now(), **said).ref)
        return self.answer(made, status=201)


class OneSkill(SkillView):
    @extend_schema(
        operation_id="get_skill", summary="One skill", responses={200: SkillOut}, examples=[shapes.SKILL]
    )
    def get(self, request: Request, ref: UUID) -> Response:
        return self.answer(ref)

    @extend_schema(
        operation_id="rename_skill", summary="Rename a skill; its code stays", request=shapes.SkillIn,
        responses={200: SkillOut}, examples=[shapes.SKILL_BODY, shapes.SKILL],
    )  # fmt: skip
    def put(self, request: Request, ref: UUID) -> Response:
        row, said = self.one(ref), self.body(shapes.SkillIn)
        places.save_skill(row.pk, actor=self.caller.who, now=clock.now(), **said)
        return self.answer(ref)


class SkillArchive(SkillView):
    """The skill is archived: POST archives it, who has it keeps it; DELETE brings it back."""

    scopes: ClassVar[dict[str, str]] = {"POST": WRITE, "DELETE": WRITE}

    @extend_schema(
        operation_id="archive_skill", summary="Archive a skill; who has it keeps it",
        request=NothingIn, responses={201: SkillOut}, examples=[shapes.SKILL],
    )  # fmt: skip
    def post(self, request: Request, ref: UUID) -> Response:
        return self.archived(request, places.archive_skill, ref)

    @extend_schema(operation_id="bring_skill_back", summary="Bring a skill back", responses=GONE)
    def delete(self, request: Request, ref: UUID) -> Response:
        return self.brought_back(places.archive_skill, ref)


def id_of(model: type[Place], ref: UUID | None, *, path: str) -> int | None:
    """Return the id of what a body names; archived ones cannot be chosen. Raises Invalid."""
    if ref is None:
        return None
    with labour_scope():
        found: int | None = _used(model.objects.filter(ref=ref)).values_list("pk", flat=True).first()
    if found is None:
        raise Invalid({f"{BODY}.{path}": [_("There is nothing of this ref that is in use.")]})
    return found


def value_of(row: Site | Team | Skill) -> dict[str, Any]:
    """Return what its serializer writes; a team's site and lead were selected with it."""
    value = {name: getattr(row, name) for name in ("ref", "id", "name", "archived_at")}
    if isinstance(row, Site):
        return value | {"timezone": row.timezone}
    if isinstance(row, Skill):
        return value | {"code": row.code}
    lead = row.lead.user.email if row.lead else None
    return value | {"site": row.site.name, "site_ref": row.site.ref, "lead": lead}


def _used(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    return rows.filter(archived_at__isnull=True)


def _lead_id(email: str) -> int:
    with labour_scope():
        rows = Agent.objects.filter(user__email=normalise_email(email), left_on__isnull=True)
        found = rows.values_list("pk", flat=True).first()
    if found is None:
        raise Invalid({f"{BODY}.lead": [_("No agent of the pool has this address.")]})
    return found
