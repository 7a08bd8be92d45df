"""What this room's endpoints take and answer."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiExample, extend_schema_field
from rest_framework import serializers

from accounts.choices import Role
from accounts.permissions import BRAND_ROLES
from tenants.choices import BrandKind, BrandState, DomainKind, DraftState
from tenants.onboarding import brand as brand_step
from tenants.onboarding.blueprints import BLANK
from tenants.onboarding.brand import BrandShape
from tenants.onboarding.files import KINDS
from tenants.onboarding.registry import Step, steps
from tenants.onboarding.shapes import Shape
from tenants.onboarding.soft import SoftShape

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


class DraftIn(Shape):
    blueprint = serializers.CharField(
        max_length=40, required=False, default=BLANK, help_text="What it begins with; `blank` without one."
    )
    like = serializers.UUIDField(
        format="hex_verbose", required=False, allow_null=True, default=None,
        help_text="The brand it begins like: its lines, words, hours and tone.",
    )  # fmt: skip
    kind = serializers.ChoiceField(choices=KINDS, required=False, default=KINDS[0])


class StepIn(Shape):
    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="Of the onboarding as you read it."
    )
    data = serializers.DictField(  # type: ignore[assignment]
        help_text="The step's keys, as an onboarding file has them; `brand.logo` as base64, null for none."
    )
    keep = serializers.BooleanField(
        required=False, default=True, help_text="false: check it and keep nothing."
    )


class VersionIn(Shape):
    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="Of the onboarding as you read it."
    )


class StepStateOut(Out):
    name = serializers.CharField()
    needed = serializers.BooleanField()
    saved = serializers.BooleanField()


class DraftRowOut(Out):
    ref = serializers.UUIDField()
    name = serializers.CharField(help_text="The client's name, empty while nobody has typed it.")
    kind = serializers.ChoiceField(choices=BrandKind.choices)
    blueprint = serializers.CharField()
    state = serializers.ChoiceField(choices=DraftState.choices)
    version = serializers.IntegerField(
        help_text="Rises with each change; a save names the one it was made of."
    )
    changed_at = serializers.DateTimeField()
    brand = serializers.SerializerMethodField(help_text="The ref of the brand it made.")

    @extend_schema_field({"type": "string", "format": "uuid", "nullable": True})
    def get_brand(self, draft: Any) -> str | None:
        return str(draft.brand.ref) if draft.brand else None


class DraftOut(DraftRowOut):
    """An onboarding as it stands: `errors` are what is between it and its brand, checked now."""

    data = serializers.DictField(help_text="{step: data} of what was saved or proposed.")  # type: ignore[assignment]
    steps = StepStateOut(many=True)
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()), help_text="{path: words}."
    )
    ready = serializers.BooleanField(help_text="Nothing is wrong: it can be built.")


class SoftIn(SoftShape):
    reasons = serializers.DictField(
        child=serializers.CharField(max_length=200), required=False, default=dict,
        help_text="As for going live; asked for when it begins.",
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


class BrandStepIn(BrandShape):
    logo = serializers.CharField(
        required=False, allow_null=True,
        help_text="The file of its logo as base64: PNG, JPEG, WebP or SVG, at most 512 KB.",
    )  # fmt: skip


def brand_in() -> type[Shape]:
    """Return the shape of a new brand, out of the steps that the rooms registered: as in an onboarding file.

    It describes the body; what checks it is `tenants.onboarding.files.read_plan`.
    """
    fields: dict[str, Any] = {
        step.name: _described(step)(required=step.needed, help_text=str(step.title)) for step in steps()
    }
    fields["blueprint"] = serializers.CharField(
        required=False, help_text="Proposes what the body leaves open; `blank` without one."
    )
    fields["kind"] = serializers.ChoiceField(
        choices=KINDS,
        required=False,
        help_text="`sandbox` is for training: it counts nowhere and is never live.",
    )
    return type(
        "BrandIn", (Shape,), {"__doc__": "A new brand, in the words of an onboarding file.", **fields}
    )


def _described(step: Step) -> type[Shape]:
    return BrandStepIn if step.name == brand_step.NAME else step.shape


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
DRAFT = {
    "ref": "0199f2f0-7c55-7d7e-8f3a-1c2d3e4f5a6c", "name": "Northwind Outdoors", "kind": "client",
    "blueprint": "retail", "state": "draft", "version": 2, "changed_at": "2026-03-02T09:00:00Z",
    "brand": None,
    "data": {"brand": {"name": "Northwind Outdoors", "slug": "northwind"}},
    "steps": [{"name": "brand", "needed": True, "saved": True}],
    "errors": {"brand.timezone": ["This field is required."]}, "ready": False,
}  # fmt: skip
DRAFT_ANSWER = OpenApiExample("An onboarding", value=DRAFT, response_only=True)
DRAFT_BODY = OpenApiExample("A shop", value={"blueprint": "retail"}, request_only=True)
STEP_BODY = OpenApiExample(
    "The client",
    value={
        "version": 1,
        "data": {
            "name": "Northwind Outdoors", "slug": "northwind", "timezone": "Europe/Stockholm",
            "locales": ["en", "sv"], "hue": 148,
        },
    },
    request_only=True,
)  # fmt: skip
BUILD_BODY = OpenApiExample("As it was read", value={"version": 4}, request_only=True)
SOFT_BODY = OpenApiExample(
    "A tenth of the visitors in the morning",
    value={"share": 10, "opens": "09:00", "closes": "12:00", "most_open": 5}, request_only=True,
)  # fmt: skip
