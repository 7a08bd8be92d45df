"""What an agent is asked for, for programs: units, and limits and weights by channel and client.

The same verb as on the screen. PUT says the whole; a ramp stays, as it is the screen's.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.problems import BODY
from accounts.api.views import ApiView
from accounts.keys.scopes import Scope
from core import clock
from interactions.choices import Channel
from routing.actions.profiles import WHOLE, Profile, lock_profiles, save_profile
from routing.reading import ProfileRow, profile_of
from tenants.choices import BrandState
from tenants.models import Brand
from tenants.onboarding.shapes import Invalid, Shape
from tenants.scope import labour_scope
from workforce.api.people import get_agent
from workforce.errors import LeavingRefused
from workforce.staff.limits import AT_ONCE, WEIGHTS


class LimitShape(Shape):
    at_once = serializers.IntegerField(
        min_value=AT_ONCE[0], max_value=AT_ONCE[-1], required=False, allow_null=True, default=None,
        help_text="At most so many at once, 0 is never; null: no limit.",
    )  # fmt: skip
    weight = serializers.IntegerField(
        min_value=WEIGHTS[0], max_value=WEIGHTS[-1], required=False, allow_null=True, default=None,
        help_text="Percent of the queue's units that one takes of them; null: as the queue says.",
    )  # fmt: skip


class LimitsShape(Shape):
    """All that an agent is asked for: what is left out is as it is for everybody."""

    units = serializers.IntegerField(
        min_value=1, max_value=WHOLE, required=False, default=WHOLE, help_text="100 is a whole agent."
    )
    channels = serializers.DictField(
        child=LimitShape(), required=False, default=dict, help_text="By the code of a channel."
    )
    brands = serializers.DictField(
        child=LimitShape(), required=False, default=dict, help_text="By the ref of a brand."
    )


LIMITS = OpenApiExample(
    "Limits",
    value={
        "units": 100, "channels": {"webchat": {"at_once": 3, "weight": 50}},
        "brands": {"0199f2f0-7c55-7d7e-8f3a-1c2d3e4f5a6b": {"at_once": 1, "weight": None}},
    },
)  # fmt: skip


class PersonLimits(ApiView):
    """What an agent is asked for: PUT says all of it."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.ROUTING_READ, "PUT": Scope.ROUTING_WRITE}

    @extend_schema(
        operation_id="get_limits_of_agent", summary="What an agent is asked for",
        responses={200: LimitsShape}, examples=[LIMITS],
    )  # fmt: skip
    def get(self, request: Request, ref: UUID) -> Response:
        return Response(LimitsShape(_value(profile_of(get_agent(ref).pk, clock.now()))).data)

    @extend_schema(
        operation_id="set_limits_of_agent", summary="Say all that an agent is asked for",
        request=LimitsShape, responses={200: LimitsShape}, examples=[LIMITS],
    )  # fmt: skip
    def put(self, request: Request, ref: UUID) -> Response:
        row, now = get_agent(ref), clock.now()
        if row.left_on:
            raise LeavingRefused(_("This person has left. Take them back first."))
        said = self.body(LimitsShape)
        with transaction.atomic():
            profile = _profile(said, lock_profiles([row.pk])[row.pk])
            save_profile(row.pk, profile, actor=self.caller.who, now=now)
        return self.get(request, ref)


def _value(row: ProfileRow) -> dict[str, Any]:
    refs = {pk: str(ref) for ref, pk in _brands().items()}
    brands = _pairs(row.brands, row.brand_weights)
    return {
        "units": row.full_cap,
        "channels": _pairs(row.channels, row.channel_weights),
        "brands": {refs[pk]: value for pk, value in brands.items() if pk in refs},
    }


def _pairs(at_once: Mapping[Any, int], weights: Mapping[Any, int]) -> dict[Any, dict[str, int | None]]:
    keys = sorted({*at_once, *weights})
    return {key: {"at_once": at_once.get(key), "weight": weights.get(key)} for key in keys}


def _profile(said: dict[str, Any], was: Profile) -> Profile:
    """Return what is said as the verb takes it, with the ramp as it is. Raises Invalid."""
    channels = _keyed(said["channels"], {name: name for name in Channel.values}, "channels")
    brands = _keyed(said["brands"], {str(ref): pk for ref, pk in _brands().items()}, "brands")
    return replace(
        was, full_cap=said["units"], channels=_part(channels, "at_once"), brands=_part(brands, "at_once"),
        channel_weights=_part(channels, "weight"), brand_weights=_part(brands, "weight"),
    )  # fmt: skip


def _keyed(said: dict[str, Any], known: dict[str, Any], path: str) -> dict[Any, dict[str, int | None]]:
    """Return {what the key stands for: its limits}. Raises Invalid for a key that stands for nothing."""
    words = _("There is no channel or client “%(name)s”.")
    if wrong := {f"{BODY}.{path}.{key}": [words % {"name": key}] for key in said if key not in known}:
        raise Invalid(wrong)
    return {known[key]: value for key, value in said.items()}


def _part(limits: dict[Any, dict[str, int | None]], name: str) -> dict[Any, int]:
    return {key: number for key, value in limits.items() if (number := value[name]) is not None}


def _brands() -> dict[UUID, int]:
    with labour_scope():
        return dict(Brand.objects.exclude(state=BrandState.GONE).values_list("ref", "pk"))
