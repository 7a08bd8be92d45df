"""The soft launch: a client is open to some visitors before it is to all of them.

A share of the visitors, always the same ones; hours of the day in the brand's zone; so many conversations at
once. It wants what going live wants, may be changed while it lasts, outlasts a pause, and ends by going live.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tenants.actions import move_brand
from tenants.audit import changes, values_of
from tenants.cards import changed, soft_plan_of
from tenants.choices import BrandState
from tenants.onboarding.actions import excused, finish
from tenants.onboarding.models import SoftLaunch
from tenants.onboarding.registry import Data
from tenants.onboarding.shapes import Shape, TimeField
from tenants.scope import labour_scope
from tenants.values import BrandCard, Grant, SoftPlan

NUMBERS = ("share", "opens", "closes", "most_open")


class SoftShape(Shape):
    """`share` per cent of the visitors; without `opens` and `closes` all day; `most_open` at once."""

    share = serializers.IntegerField(min_value=1, max_value=100)
    opens = TimeField(required=False, allow_null=True, default=None)
    closes = TimeField(required=False, allow_null=True, default=None)
    most_open = serializers.IntegerField(min_value=1, max_value=500, required=False, default=5)

    def to_internal_value(self, data: Any) -> Any:
        """Take a time that was left empty for none."""
        if isinstance(data, Mapping):
            data = {
                key: None if key in ("opens", "closes") and value == "" else value
                for key, value in data.items()
            }
        return super().to_internal_value(data)

    def validate(self, attrs: Data) -> Data:
        opens, closes = attrs["opens"], attrs["closes"]
        if (opens is None) != (closes is None):
            missing = "closes" if closes is None else "opens"
            raise serializers.ValidationError({missing: [_("Give both times, or none.")]})
        if opens is not None and (opens == closes or opens == "24:00"):
            raise serializers.ValidationError({"closes": [_("Close at another time than you open.")]})
        return attrs


def soft_launch(
    brand: BrandCard, plan: Data, *, reasons: Mapping[str, str], grant: Grant, actor: str, now: datetime
) -> None:
    """Open the public entrances as far as the plan says (cleaned by SoftShape), or change how far.

    Beginning wants what going live wants. Raises NotReady, tenants.actions.WrongState.
    """
    given = excused(brand, reasons, grant, now=now) if brand.state == BrandState.ONBOARDING else ""
    numbers = {
        "share": plan["share"], "opens": _minutes(plan["opens"]), "closes": _minutes(plan["closes"]),
        "most_open": plan["most_open"],
    }  # fmt: skip
    with transaction.atomic(), labour_scope():
        row = SoftLaunch.objects.select_for_update().filter(brand_id=brand.id).first()
        before = values_of(row, NUMBERS) if row else {}
        if row and before == numbers and brand.state == BrandState.SOFT:
            return
        move_brand(
            brand.id, to=BrandState.SOFT, come_from=[BrandState.ONBOARDING, BrandState.SOFT], actor=actor,
            reason=given, diff=changes(before, numbers), data=numbers, now=now,
        )  # fmt: skip
        began = {"began_by": actor, "began_at": now}
        SoftLaunch.objects.update_or_create(
            brand_id=brand.id, defaults=numbers, create_defaults=numbers | began
        )
        finish(brand.id, actor=actor, now=now)
        changed()


def soft_plan(brand: BrandCard) -> SoftPlan | None:
    """Return how far the brand is open, or will be after its pause; None for one without a soft launch."""
    with labour_scope():
        row = SoftLaunch.objects.filter(brand_id=brand.id).first()
    return soft_plan_of(row) if row else None


def soft_plans(brand_ids: list[int]) -> dict[int, SoftPlan]:
    """Return {brand id: plan} of those that have one."""
    with labour_scope():
        return {row.brand_id: soft_plan_of(row) for row in SoftLaunch.objects.filter(brand_id__in=brand_ids)}


def _minutes(time: str | None) -> int | None:
    """`08:30` -> 510."""
    if time is None:
        return None
    hours, _colon, minutes = time.partition(":")
    return int(hours) * 60 + int(minutes)
