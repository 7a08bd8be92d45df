"""The agents of the pool: who they are, what they can, for which brands they work under which name."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.access import get_brand
from accounts.api.calls import once
from accounts.api.pages import NumberPages
from accounts.api.problems import BODY
from accounts.api.schema import empty, listed
from accounts.api.views import ApiView
from accounts.choices import Role
from accounts.keys.scopes import Scope
from accounts.models import Membership
from core import clock
from core.errors import NotFound
from tenants.onboarding.shapes import Invalid
from tenants.scope import labour_scope
from workforce import actions
from workforce.api import shapes
from workforce.api.places import id_of
from workforce.api.shapes import AgentOut, SkillsOut, WorkOut
from workforce.models import Agent, AgentAlias, AgentSkill, Certification, Site, Skill, Team
from workforce.models.people import alias_key
from workforce.staff import editing
from workforce.staff.values import Person

READ, WRITE = Scope.PEOPLE_READ, Scope.PEOPLE_WRITE


class PersonView(ApiView):
    def said(self) -> dict[str, Any]:
        """Read a person: site and team by their refs. Raises Invalid."""
        said = self.body(shapes.PersonIn)
        site_ref, team_ref = said.pop("site_ref"), said.pop("team_ref")
        said["languages"] = tuple(said["languages"])
        said["site_id"] = id_of(Site, site_ref, path="site_ref")
        said["team_id"] = id_of(Team, team_ref, path="team_ref")
        return said


class People(PersonView):
    """The agents of the pool, leavers too; a new one."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ, "POST": WRITE}
    pages = NumberPages

    @listed(AgentOut, operation="list_agents", summary="The agents of the pool", examples=[shapes.AGENT])
    def get(self, request: Request) -> Response:
        return self.listed(_agents, _agent, scope=labour_scope, shape=AgentOut)

    @extend_schema(
        operation_id="add_agent", summary="Add an agent; nobody is written to",
        request=shapes.PersonIn, responses={201: AgentOut}, examples=[shapes.AGENT_BODY, shapes.AGENT],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        def made() -> UUID:
            said = self.said()
            email = said.pop("email")
            return ref_of(editing.add_person(email, Person(**said), actor=self.caller.who, now=clock.now()))

        return Response(AgentOut(_agent(get_agent(once(request, made)))).data, status=201)


class OnePerson(PersonView):
    scopes: ClassVar[dict[str, str]] = {"GET": READ, "PUT": WRITE}

    @extend_schema(
        operation_id="get_agent", summary="One agent", responses={200: AgentOut}, examples=[shapes.AGENT]
    )
    def get(self, request: Request, ref: UUID) -> Response:
        return Response(AgentOut(_agent(get_agent(ref))).data)

    @extend_schema(
        operation_id="change_agent", summary="Change who an agent is, as a whole", request=shapes.PersonIn,
        responses={200: AgentOut}, examples=[shapes.AGENT_BODY, shapes.AGENT],
    )  # fmt: skip
    def put(self, request: Request, ref: UUID) -> Response:
        row, said = get_agent(ref), self.said()
        said["hired_on"] = said["hired_on"] or row.hired_on
        editing.edit_person(row.pk, actor=self.caller.who, now=clock.now(), **said)
        return self.get(request, ref)


class PersonSkills(ApiView):
    """What an agent can, and how well: PUT says all of it."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ, "PUT": WRITE}

    @extend_schema(
        operation_id="get_skills_of_agent", summary="What an agent can", responses={200: SkillsOut},
        examples=[shapes.SKILLS_BODY],
    )  # fmt: skip
    def get(self, request: Request, ref: UUID) -> Response:
        return Response(SkillsOut({"skills": _levels(get_agent(ref).pk)}).data)

    @extend_schema(
        operation_id="set_skills_of_agent", summary="Say all that an agent can, and how well",
        request=shapes.SkillsIn, responses={200: SkillsOut}, examples=[shapes.SKILLS_BODY],
    )  # fmt: skip
    def put(self, request: Request, ref: UUID) -> Response:
        row, levels = get_agent(ref), self.body(shapes.SkillsIn)["skills"]
        skills = _by_id(levels, held=_levels(row.pk))
        editing.edit_person(row.pk, skills=skills, actor=self.caller.who, now=clock.now())
        return self.get(request, ref)


class PersonBrands(ApiView):
    """The brands an agent works for; one more."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ, "POST": WRITE}
    pages = NumberPages

    @listed(
        WorkOut, operation="list_brands_of_agent", summary="The brands an agent works for",
        examples=[shapes.WORK],
    )  # fmt: skip
    def get(self, request: Request, ref: UUID) -> Response:
        agent_id, now = get_agent(ref).pk, clock.now()
        return self.listed(lambda: _works(agent_id, now), _work, scope=labour_scope, shape=WorkOut)

    @extend_schema(
        operation_id="add_brand_of_agent", summary="Seat an agent in one more brand, and certify them",
        request=shapes.WorkIn, responses={201: WorkOut}, examples=[shapes.WORK_BODY, shapes.WORK],
    )  # fmt: skip
    def post(self, request: Request, ref: UUID) -> Response:
        row, said = get_agent(ref), self.body(shapes.WorkIn)

        def made() -> UUID:
            brand_id = _brand_id(said["brand"])
            editing.seat_person(
                row.pk, brand_id=brand_id, version=said["version"], actor=self.caller.who, now=clock.now()
            )
            return ref

        once(request, made)
        return Response(WorkOut(get_work(row.pk, said["brand"])).data, status=201)


class WorkView(ApiView):
    """One brand that an agent works for; where they have no seat there is nothing."""

    def answer(self, ref: UUID, brand_ref: UUID) -> Response:
        return Response(WorkOut(get_work(get_agent(ref).pk, brand_ref)).data)

    def pair(self, ref: UUID, brand_ref: UUID) -> dict[str, Any]:
        """Return whom and where as the verbs take it. Raises NotFound without a seat."""
        agent_id = get_agent(ref).pk
        get_work(agent_id, brand_ref)
        return {
            "agent_id": agent_id, "brand_id": get_brand(brand_ref).id, "actor": self.caller.who,
            "now": clock.now(),
        }  # fmt: skip


class OneWork(WorkView):
    scopes: ClassVar[dict[str, str]] = {"GET": READ, "DELETE": WRITE}

    @extend_schema(
        operation_id="get_brand_of_agent", summary="One brand an agent works for",
        responses={200: WorkOut}, examples=[shapes.WORK],
    )  # fmt: skip
    def get(self, request: Request, ref: UUID, brand_ref: UUID) -> Response:
        return self.answer(ref, brand_ref)

    @extend_schema(
        operation_id="take_brand_of_agent", summary="Take seat and certification there away",
        responses={204: empty("They do not work for it any more.")},
    )  # fmt: skip
    def delete(self, request: Request, ref: UUID, brand_ref: UUID) -> Response:
        editing.unseat_person(**self.pair(ref, brand_ref))
        return Response(status=204)


class WorkCertification(WorkView):
    """What for an agent is certified there: PUT renews it, DELETE ends it."""

    scopes: ClassVar[dict[str, str]] = {"PUT": WRITE, "DELETE": WRITE}

    @extend_schema(
        operation_id="certify_agent", summary="Certify an agent for a version from now on",
        request=shapes.CertificationIn, responses={200: WorkOut},
        examples=[shapes.CERTIFICATION_BODY, shapes.WORK],
    )  # fmt: skip
    def put(self, request: Request, ref: UUID, brand_ref: UUID) -> Response:
        pair, said = self.pair(ref, brand_ref), self.body(shapes.CertificationIn)
        held = get_work(pair["agent_id"], brand_ref)
        if {name: held[name] for name in said} != said:
            actions.certify(valid_from=pair["now"], **said, **pair)
        return self.answer(ref, brand_ref)

    @extend_schema(
        operation_id="end_certification", summary="End the certification: nothing new is offered",
        responses={204: empty("It is over.")},
    )  # fmt: skip
    def delete(self, request: Request, ref: UUID, brand_ref: UUID) -> Response:
        pair = self.pair(ref, brand_ref)
        with labour_scope():
            valid = Certification.objects.valid(pair["now"]).filter(agent_id=pair["agent_id"])
            held = valid.filter(brand_id=pair.pop("brand_id")).order_by("-valid_from", "-pk")
            found = held.values_list("pk", flat=True).first()
        if found is None:
            raise NotFound
        actions.revoke_certification(found, **pair)
        return Response(status=204)


class WorkAlias(WorkView):
    """The name that the brand's customers read: PUT gives it, DELETE leaves the first name."""

    scopes: ClassVar[dict[str, str]] = {"PUT": WRITE, "DELETE": WRITE}

    @extend_schema(
        operation_id="name_agent", summary="Name an agent towards the brand's customers",
        request=shapes.AliasIn, responses={200: WorkOut}, examples=[shapes.ALIAS_BODY, shapes.WORK],
    )  # fmt: skip
    def put(self, request: Request, ref: UUID, brand_ref: UUID) -> Response:
        pair, said = self.pair(ref, brand_ref), self.body(shapes.AliasIn)
        true_name = get_agent(ref).user.name
        if not said["true_name"] and alias_key(said["shown_name"]) == alias_key(true_name):
            words = _("That is their true name: customers of this client could look them up by it.")
            raise Invalid({f"{BODY}.true_name": [words]})
        actions.set_alias(shown_name=said["shown_name"], **pair)
        return self.answer(ref, brand_ref)

    @extend_schema(
        operation_id="take_alias_of_agent", summary="Take the alias away: the first name is shown",
        responses={204: empty("It is gone.")},
    )  # fmt: skip
    def delete(self, request: Request, ref: UUID, brand_ref: UUID) -> Response:
        actions.set_alias(shown_name="", **self.pair(ref, brand_ref))
        return Response(status=204)


def get_agent(ref: UUID) -> Agent:
    """Return the agent with their user, leavers too. Raises NotFound."""
    with labour_scope():
        row = _agents().filter(ref=ref).first()
    if row is None:
        raise NotFound
    return row


def ref_of(agent_id: int) -> UUID:
    with labour_scope():
        return Agent.objects.values_list("ref", flat=True).get(pk=agent_id)


def get_work(agent_id: int, brand_ref: UUID) -> dict[str, Any]:
    """Return one brand that they work for. Raises NotFound."""
    with labour_scope():
        row = _works(agent_id, clock.now()).filter(brand__ref=brand_ref).first()
    if row is None:
        raise NotFound
    return _work(row)


def _agents() -> "QuerySet[Agent]":
    return Agent.objects.select_related("user", "team", "site")


def _works(agent_id: int, now: datetime) -> "QuerySet[Membership]":
    """Return the agent's seats in brands, each with alias and certification (lazy: labour scope)."""
    there = {"agent_id": agent_id, "brand_id": OuterRef("brand_id")}
    held = Certification.objects.valid(now).filter(**there).order_by("-valid_from", "-pk")
    seats = Membership.objects.valid(now).filter(user_id=agent_id, role=Role.AGENT, brand__isnull=False)
    return seats.select_related("brand").annotate(
        alias=Subquery(AgentAlias.objects.filter(**there).values("shown_name")[:1]),
        version=Subquery(held.values("version")[:1]),
        certified_until=Subquery(held.values("valid_until")[:1]),
    )


def _work(row: Any) -> dict[str, Any]:
    return {
        "brand": row.brand.ref, "slug": row.brand.slug, "alias": row.alias or "",
        "version": row.version or "", "valid_until": row.certified_until,
    }  # fmt: skip


def _levels(agent_id: int) -> dict[str, int]:
    with labour_scope():
        rows = AgentSkill.objects.filter(agent_id=agent_id).order_by("skill__code")
        return dict(rows.values_list("skill__code", "level"))


def _by_id(levels: dict[str, int], *, held: dict[str, int]) -> dict[int, int]:
    """Return {skill's id: level}; an archived skill may stay with who has it. Raises Invalid."""
    with labour_scope():
        rows = list(Skill.objects.values_list("code", "pk", "archived_at"))
    ids = {code: pk for code, pk, archived_at in rows if archived_at is None or code in held}
    words = _("There is no skill “%(name)s”.")
    if wrong := {f"{BODY}.skills.{code}": [words % {"name": code}] for code in levels if code not in ids}:
        raise Invalid(wrong)
    return {ids[code]: level for code, level in levels.items()}


def _brand_id(ref: UUID) -> int:
    try:
        return get_brand(ref).id
    except NotFound as error:
        raise Invalid({f"{BODY}.brand": [str(error.message)]}) from error


def _agent(row: Agent) -> dict[str, Any]:
    return {
        "ref": row.ref, "id": row.pk, "email": row.user.email, "name": row.user.name,
        "employee_no": row.employee_no, "team": row.team.name if row.team else "",
        "team_ref": row.team.ref if row.team else None, "site": row.site.name if row.site else "",
        "site_ref": row.site.ref if row.site else None, "languages": row.languages,
        "hired_on": row.hired_on, "left_on": row.left_on,
    }  # fmt: skip
