"""People, for the provider's keys: the agents of the pool, and who sits in a brand."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.access import get_brand
from accounts.api.calls import once
from accounts.api.pages import NumberPages
from accounts.api.schema import empty, listed
from accounts.api.shapes import SEAT_BODY, SeatIn, SeatOut
from accounts.api.views import ApiView
from accounts.keys.scopes import Scope
from accounts.models import Membership, normalise_email
from accounts.seats import revoke_seat
from core import clock
from core.errors import NotFound
from tenants.scope import labour_scope
from workforce.models import Agent, Site, Team
from workforce.seating import give_seat

READ, WRITE = Scope.PEOPLE_READ, Scope.PEOPLE_WRITE
AMARA = {"email": "amara@harbour.example", "name": "Amara Koné"}
AGENT = OpenApiExample(
    "An agent",
    value={
        "id": 7, **AMARA, "employee_no": "H-007", "team": "Blue", "site": "Malmö", "languages": ["en"],
        "hired_on": "2025-01-01", "left_on": None,
    },
    response_only=True,
)  # fmt: skip
SITE = OpenApiExample(
    "A site", value={"id": 3, "name": "Malmö", "timezone": "Europe/Stockholm"}, response_only=True
)
TEAM = OpenApiExample(
    "A team", value={"id": 5, "name": "Blue", "site": "Malmö", "lead": AMARA["email"]}, response_only=True
)
SEAT = OpenApiExample(
    "A seat", value={"id": 31, **AMARA, "role": "agent", "valid_until": None}, response_only=True
)


class AgentOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    email = serializers.EmailField()
    name = serializers.CharField()
    employee_no = serializers.CharField()
    team = serializers.CharField(help_text="Empty without one.")
    site = serializers.CharField(help_text="Where they work; empty if nobody said.")
    languages = serializers.ListField(child=serializers.CharField(), help_text="Codes, the main one first.")
    hired_on = serializers.DateField()
    left_on = serializers.DateField(allow_null=True)


class SiteOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    timezone = serializers.CharField()


class TeamOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    site = serializers.CharField()
    lead = serializers.EmailField(allow_null=True, help_text="Who leads it, null for nobody.")


class Agents(ApiView):
    """The agents of the pool, leavers too."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ}
    pages = NumberPages

    @listed(AgentOut, operation="list_agents", summary="The agents of the pool", examples=[AGENT])
    def get(self, request: Request) -> Response:
        return self.listed(
            lambda: Agent.objects.select_related("user", "team", "site"),
            _agent,
            scope=labour_scope,
            shape=AgentOut,
        )


class Sites(ApiView):
    """The places agents work at, archived ones left out."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ}
    pages = NumberPages

    @listed(SiteOut, operation="list_sites", summary="Sites", examples=[SITE])
    def get(self, request: Request) -> Response:
        return self.listed(
            lambda: Site.objects.filter(archived_at__isnull=True), _site, scope=labour_scope, shape=SiteOut
        )


class Teams(ApiView):
    """The teams, archived ones left out."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ}
    pages = NumberPages

    @listed(TeamOut, operation="list_teams", summary="Teams", examples=[TEAM])
    def get(self, request: Request) -> Response:
        return self.listed(_teams, _team, scope=labour_scope, shape=TeamOut)


class Seats(ApiView):
    """Who sits in a brand, in which role."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ, "POST": WRITE}
    pages = NumberPages

    @listed(SeatOut, operation="list_seats", summary="A brand's seats", examples=[SEAT])
    def get(self, request: Request, ref: UUID) -> Response:
        brand_id, now = get_brand(ref).id, clock.now()
        return self.listed(lambda: _seats(brand_id, now), _seat, scope=labour_scope, shape=SeatOut)

    @extend_schema(
        operation_id="give_seat", summary="Give a seat; an agent is certified with it", request=SeatIn,
        responses={201: SeatOut}, examples=[SEAT_BODY, SEAT],
    )  # fmt: skip
    def post(self, request: Request, ref: UUID) -> Response:
        said, brand = self.body(SeatIn), get_brand(ref)

        def made() -> UUID:
            give_seat(**said, brand_id=brand.id, actor=self.caller.who, now=clock.now())
            return brand.ref

        once(request, made)
        return Response(SeatOut(_given(brand.id, **said)).data, status=201)


class OneSeat(ApiView):
    scopes: ClassVar[dict[str, str]] = {"DELETE": WRITE}

    @extend_schema(
        operation_id="take_seat", summary="Take a seat away", responses={204: empty("It is taken away.")}
    )
    def delete(self, request: Request, ref: UUID, seat_id: int) -> Response:
        revoke_seat(seat_id, brand_id=get_brand(ref).id, actor=self.caller.who, now=clock.now())
        return Response(status=204)


def _seats(brand_id: int, now: datetime) -> "QuerySet[Membership]":
    return Membership.objects.valid(now).filter(brand_id=brand_id).select_related("user")


def _given(brand_id: int, *, email: str, role: str) -> dict[str, Any]:
    """Return the seat as it is now; the body of a call that is repeated names it again."""
    with labour_scope():
        rows = Membership.objects.with_role(role, brand_id=brand_id).select_related("user")
        row = rows.filter(user__email=normalise_email(email)).first()
        if row is None:
            raise NotFound
        return _seat(row)


def _seat(row: Membership) -> dict[str, Any]:
    user = row.user
    return {
        "id": row.pk, "email": user.email, "name": user.name, "role": row.role,
        "valid_until": row.valid_until,
    }  # fmt: skip


def _site(row: Site) -> dict[str, Any]:
    return {"id": row.pk, "name": row.name, "timezone": row.timezone}


def _teams() -> "QuerySet[Team]":
    return Team.objects.filter(archived_at__isnull=True).select_related("site", "lead__user")


def _team(row: Team) -> dict[str, Any]:
    lead = row.lead.user.email if row.lead else None
    return {"id": row.pk, "name": row.name, "site": row.site.name, "lead": lead}


def _agent(row: Agent) -> dict[str, Any]:
    return {
        "id": row.pk, "email": row.user.email, "name": row.user.name, "employee_no": row.employee_no,
        "team": row.team.name if row.team else "", "site": row.site.name if row.site else "",
        "languages": row.languages, "hired_on": row.hired_on, "left_on": row.left_on,
    }  # fmt: skip
