"""The step `brand`: who the client is, how it looks and sounds."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.hours import zones
from tenants import slugs
from tenants.actions import change_brand
from tenants.onboarding.registry import Data, Step, Work
from tenants.onboarding.shapes import LinesField, Shape
from tenants.values import BrandCard, Grant

NAME = "brand"
KEPT = ("name", "legal_name", "timezone", "hue", "tone", "tone_do", "tone_dont", "locales")
TELLING = ("tone", "tone_do", "tone_dont", "locales", "timezone", "hue")


class BrandShape(Shape):
    name = serializers.CharField(max_length=120)
    slug = serializers.CharField(max_length=40)
    legal_name = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    timezone = serializers.CharField(max_length=64)
    locales = serializers.MultipleChoiceField(choices=settings.LANGUAGES, allow_empty=False)
    hue = serializers.IntegerField(min_value=0, max_value=359, required=False, default=210)
    tone = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    tone_do = LinesField(max_length=10, required=False, default=list)
    tone_dont = LinesField(max_length=10, required=False, default=list)

    def validate_slug(self, slug: str) -> str:
        brand: BrandCard | None = self.context.get("brand")
        if brand is not None and slug != brand.slug:
            raise serializers.ValidationError(_("The short name stays once the workspace is made."))
        if fault := slugs.fault_of(slug, apart_from=brand.id if brand else None):
            raise serializers.ValidationError(str(fault))
        return slug

    def validate_timezone(self, name: str) -> str:
        if name not in zones():
            raise serializers.ValidationError(_("Not a time zone. Write it like Europe/Stockholm."))
        return name

    def validate_locales(self, codes: set[str]) -> list[str]:
        """Keep the order in which we list them: the first one is what is spoken when nothing else fits."""
        return [code for code, _name in settings.LANGUAGES if code in codes]


def apply(work: Work) -> None:
    fields: dict[str, Any] = {name: work.data[name] for name in KEPT}
    change_brand(work.brand.id, actor=work.actor, now=work.now, **fields)


def copy(brand: BrandCard, grant: Grant) -> Data:
    """Return how the other client sounds and where it is; never its names."""
    return {name: _listed(getattr(brand, name)) for name in TELLING}


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


STEPS = (Step(name=NAME, title=_("Client"), position=10, turn=10, shape=BrandShape, apply=apply, copy=copy),)
