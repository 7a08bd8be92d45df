"""Who sits in a brand, in which role."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
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
from workforce.api.shapes import AMARA
from workforce.seating import give_seat

READ, WRITE = Scope.PEOPLE_READ, Scope.PEOPLE_WRITE
SEAT = OpenApiExample(
    "A seat", value={"id": 31, **AMARA, "role": "agent", "valid_until": None}, response_only=True
)


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
