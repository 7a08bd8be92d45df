"""What is agreed for a client's clocks, for programs: the provider's keys agree, a client's own keys read.

The same verb as on the screen. An agreement is never changed: the next one of its queue takes its place.
"""

from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.access import get_brand
from accounts.api.calls import once
from accounts.api.pages import OldestPages
from accounts.api.problems import BODY
from accounts.api.schema import listed
from accounts.api.views import ApiView
from accounts.keys.scopes import Scope
from core import clock
from core.errors import NotFound
from core.ids import new_ref
from interactions.api import REF, BrandView, inside, refused
from interactions.choices import ClockKind
from interactions.clocks.models import ClockPolicy
from interactions.clocks.policies import save_policy
from interactions.clocks.shapes import TermShape, terms_said
from tenants.onboarding.shapes import Invalid, Shape
from tenants.values import BrandCard


class TermsShape(Shape):
    """A clock that is left out has no target."""

    def get_fields(self) -> dict[str, Any]:
        return {kind: TermShape(required=False) for kind in ClockKind.values}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        found, wrong = {}, {}
        for kind, said in attrs.items():
            try:
                found[kind] = terms_said(kind, said)
            except serializers.ValidationError as error:
                wrong[kind] = error.detail
        if wrong:
            raise serializers.ValidationError(wrong)
        return found


class AgreementIn(Shape):
    queue_ref = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Null: every queue without terms of its own."
    )
    from_date = serializers.DateField(help_text="Of the client's days, today (at once) or later.")
    terms = TermsShape(allow_null=True, help_text="Null: the queue goes by those of all queues again.")


class AgreementOut(serializers.Serializer[Any]):
    ref = serializers.UUIDField()
    queue_ref = serializers.UUIDField(
        allow_null=True, help_text="Null: of all queues without one of their own."
    )
    effective_at = serializers.DateTimeField(help_text="In force is the last of its queue that has begun.")
    terms = serializers.DictField(
        child=serializers.DictField(), allow_null=True,
        help_text="By clock: first, next, resolution, update. Null: the queue goes by those of all queues.",
    )  # fmt: skip


TERMS = {
    "first": {"seconds": 120, "counted": "business", "pauses": ["callback"]},
    "resolution": {"seconds": 28_800, "counted": "business", "pauses": ["customer", "client", "snoozed"]},
}
AGREEMENT = OpenApiExample(
    "An agreement",
    value={"ref": REF, "queue_ref": None, "effective_at": "2026-11-30T23:00:00Z", "terms": TERMS},
    response_only=True,
)
AGREEMENT_BODY = OpenApiExample(
    "An agreement", value={"from_date": "2026-12-01", "terms": TERMS}, request_only=True
)


class Agreements(ApiView):
    """What was, is and will be agreed for a client's clocks, the oldest first; a new agreement."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.TARGETS_READ, "POST": Scope.TARGETS_WRITE}
    pages = OldestPages

    @listed(AgreementOut, operation="list_clocks", summary="What is agreed for clocks", examples=[AGREEMENT])
    def get(self, request: Request, ref: UUID) -> Response:
        brand = get_brand(ref)
        return self.listed(_rows, _value, scope=lambda: inside(brand), shape=AgreementOut)

    @extend_schema(
        operation_id="agree_clocks", summary="Agree on how long clocks may take from a day on",
        request=AgreementIn, responses={201: AgreementOut}, examples=[AGREEMENT_BODY, AGREEMENT],
    )  # fmt: skip
    def post(self, request: Request, ref: UUID) -> Response:
        brand, said = get_brand(ref), self.body(AgreementIn)

        def agree() -> UUID:
            with inside(brand), refused():
                return _agree(said, brand, who=self.caller.who)

        made = once(request, agree)
        with inside(brand):
            value = _value(_rows().get(ref=made))
        return Response(AgreementOut(value).data, status=201)


class OwnAgreements(BrandView):
    """What is agreed for the brand's own clocks, for its own keys."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.SETUP_READ}
    pages = OldestPages

    @listed(AgreementOut, operation="list_clocks", summary="What is agreed for clocks", examples=[AGREEMENT])
    def get(self, request: Request) -> Response:
        return self.listed(_rows, _value, scope=self.scope, shape=AgreementOut)


def _agree(said: dict[str, Any], brand: BrandCard, *, who: str) -> UUID:
    """Agree on it, in the client's scope. Raises Invalid for a queue that is none of the client's."""
    try:
        return save_policy(
            **said, key=new_ref(), zone=ZoneInfo(brand.timezone), shown=who, actor=who, now=clock.now()
        ).ref
    except NotFound as error:
        raise Invalid({f"{BODY}.queue_ref": [_("Choose a queue of this client.")]}) from error


def _rows() -> "QuerySet[ClockPolicy]":
    found: QuerySet[ClockPolicy] = ClockPolicy.objects.select_related("queue")
    return found


def _value(row: ClockPolicy) -> dict[str, Any]:
    queue_ref = row.queue.ref if row.queue else None
    return {"ref": row.ref, "queue_ref": queue_ref, "effective_at": row.effective_at, "terms": row.terms}
