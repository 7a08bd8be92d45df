"""What this room's endpoints take and answer."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from accounts.choices import Role
from accounts.permissions import BRAND_ROLES
from tenants.choices import BrandKind, BrandState, DomainKind
from tenants.onboarding.registry import steps
from tenants.onboarding.shapes import Shape

Out = serializers.Serializer[Any]


class BrandOut(Out):
    ref = serializers.UUIDField()
    slug = serializers.CharField(help_text="Its short name, the first part of its address.")
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=BrandState.choices)
    kind = serializers.ChoiceField(choices=BrandKind.choices)
    timezone = serializers.CharField(help_text="IANA name.")
    locales = serializers.ListField(child=serializers.CharField())
    hue = serializers.IntegerField(help_text="0 to 359 degrees.")
    host = serializers.SerializerMethodField(help_text="Where it is always served.")

    def get_host(self, card: Any) -> str:
        return f"{card.slug}.{settings.BASE_HOST}"


class DomainOut(Out):
    host = serializers.CharField()
    kind = serializers.ChoiceField(choices=DomainKind.choices)
    verified_at = serializers.DateTimeField(allow_null=True)


class CheckOut(Out):
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=["good", "warn", "bad"])
    words = serializers.CharField()


class OnboardingOut(Out):
    """How far it is: `checks` are computed now; red ones (`bad`) block, `warn` wants a reason."""

    state = serializers.ChoiceField(choices=BrandState.choices)
    checks = CheckOut(many=True)


class LiveIn(Shape):
    reasons = serializers.DictField(
        child=serializers.CharField(max_length=200), required=False, default=dict,
        help_text="{check: why it is well as it is} for each check that is `warn`.",
    )  # fmt: skip


class NothingIn(Shape):
    """No body, or an empty object."""


class SeatIn(Shape):
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(choices=[(one.value, one.label) for one in BRAND_ROLES])


class SeatOut(Out):
    id = serializers.IntegerField()
    email = serializers.EmailField()
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.choices)
    valid_until = serializers.DateTimeField(allow_null=True)


def brand_in() -> type[Shape]:
    """Return the shape of a new brand, out of the steps that the rooms registered: as in an onboarding file.

    It describes the body; what checks it is `tenants.onboarding.files.read_plan`.
    """
    fields: dict[str, Any] = {
        step.name: step.shape(required=step.needed, help_text=str(step.title)) for step in steps()
    }
    fields["blueprint"] = serializers.CharField(
        required=False, help_text="Proposes what the body leaves open; `blank` without one."
    )
    return type(
        "BrandIn", (Shape,), {"__doc__": "A new brand, in the words of an onboarding file.", **fields}
    )


BRAND = {
    "ref": "0199f2f0-7c55-7d7e-8f3a-1c2d3e4f5a6b", "slug": "northwind", "name": "Northwind Outdoors",
    "state": "onboarding", "kind": "client", "timezone": "Europe/Stockholm", "locales": ["en", "sv"],
    "hue": 148, "host": "northwind.example.com",
}  # fmt: skip
BRAND_ANSWER = OpenApiExample("A brand", value=BRAND, response_only=True)
BRAND_BODY = OpenApiExample(
    "A shop",
    value={
        "blueprint": "retail",
        "brand": {
            "name": "Northwind Outdoors", "slug": "northwind", "timezone": "Europe/Stockholm",
            "locales": ["en", "sv"], "hue": 148,
        },
        "webchat": {"greeting": "Hi! Planning a trip?", "origins": ["https://shop.northwind.example"]},
        "people": {"agents": ["amara@harbour.example"]},
        "manager": {"managers": ["lena@northwind.example"]},
    },
    request_only=True,
)  # fmt: skip
SEAT_BODY = OpenApiExample(
    "An agent", value={"email": "amara@harbour.example", "role": "agent"}, request_only=True
)
LIVE_BODY = OpenApiExample(
    "Amber with a reason", value={"reasons": {"hours": "Answered day and night, as agreed."}},
    request_only=True,
)  # fmt: skip
