"""What this room's endpoints take and answer, with examples."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from core.hours import zones
from tenants.onboarding.shapes import Shape
from workforce.languages import known_language
from workforce.staff.planning import LEVELS, YEARS

Out = serializers.Serializer[Any]
ONE_LINE = _("Write it in one line.")


class LineField(serializers.CharField):
    """A text of one line."""

    def to_internal_value(self, data: Any) -> str:
        text: str = super().to_internal_value(data)
        if any(ord(sign) < 32 or ord(sign) == 127 for sign in text):
            raise serializers.ValidationError(ONE_LINE)
        return text


class RefField(serializers.UUIDField):
    """The ref of another row; left out or null: none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"required": False, "allow_null": True, "default": None} | options))


class SiteIn(Shape):
    name = LineField(max_length=120)
    timezone = serializers.CharField(max_length=64, help_text="IANA name.")

    def validate_timezone(self, name: str) -> str:
        if name not in zones() or not ("/" in name or name == "UTC"):
            raise serializers.ValidationError(_("Not a time zone. Write it like Europe/Stockholm."))
        return name


class TeamIn(Shape):
    name = LineField(max_length=120)
    site_ref = serializers.UUIDField(help_text="Where it sits.")
    lead = serializers.EmailField(
        max_length=254, required=False, allow_null=True, default=None,
        help_text="An agent of the pool, who gets the drafts of who leaves.",
    )  # fmt: skip


class SkillIn(Shape):
    name = LineField(max_length=120)


class PersonIn(Shape):
    """Who somebody is, as a whole: what is left out is taken away, but for `hired_on`, which stays."""

    email = serializers.EmailField(max_length=254, help_text="They sign in with it.")
    name = LineField(max_length=150)
    employee_no = LineField(max_length=32)
    site_ref = RefField(help_text="Where they work.")
    team_ref = RefField()
    languages = serializers.ListField(
        child=serializers.CharField(max_length=12), max_length=50, required=False, default=list,
        help_text="Codes, the main one first.",
    )  # fmt: skip
    hired_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="Of a new person: today, if left out."
    )

    def validate_languages(self, codes: list[str]) -> tuple[str, ...]:
        known = [known_language(code) for code in codes]
        words = _("“%(code)s” is no language code, such as en or pt-br.")
        wrong: dict[Any, Any] = {
            n: [words % {"code": code}] for n, code in enumerate(codes) if known[n] is None
        }
        if wrong:
            raise serializers.ValidationError(wrong)
        return tuple(dict.fromkeys(filter(None, known)))

    def validate_hired_on(self, day: date | None) -> date | None:
        if day and day.year not in YEARS:
            raise serializers.ValidationError(_("Write a day from 1950 to 2100."))
        return day


class SkillsIn(Shape):
    """All that somebody can: what is not named they cannot any more."""

    skills = serializers.DictField(
        child=serializers.IntegerField(min_value=LEVELS[0], max_value=LEVELS[-1]),
        help_text="{code: level from 1 (learning) to 5 (teaches it)}.",
    )


class WorkIn(Shape):
    brand = serializers.UUIDField(help_text="The ref of the brand to work for.")
    version = LineField(
        max_length=32, required=False, allow_blank=True, default="",
        help_text="What for they are certified; the brand's newest, if left out.",
    )  # fmt: skip


class CertificationIn(Shape):
    version = LineField(max_length=32)
    valid_until = serializers.DateTimeField(
        required=False, allow_null=True, default=None, help_text="From then on nothing is offered any more."
    )


class AliasIn(Shape):
    shown_name = LineField(max_length=80)
    true_name = serializers.BooleanField(
        required=False, default=False,
        help_text="true: use their true name all the same, by which customers could look them up.",
    )  # fmt: skip


class SiteOut(Out):
    ref = serializers.UUIDField()
    id = serializers.IntegerField()
    name = serializers.CharField()
    timezone = serializers.CharField()
    archived_at = serializers.DateTimeField(allow_null=True)


class TeamOut(Out):
    ref = serializers.UUIDField()
    id = serializers.IntegerField()
    name = serializers.CharField()
    site = serializers.CharField()
    site_ref = serializers.UUIDField()
    lead = serializers.EmailField(allow_null=True, help_text="Who leads it, null for nobody.")
    archived_at = serializers.DateTimeField(allow_null=True)


class SkillOut(Out):
    ref = serializers.UUIDField()
    code = serializers.CharField(help_text="What files and needs of queues call it; it never changes.")
    name = serializers.CharField()
    archived_at = serializers.DateTimeField(allow_null=True)


class AgentOut(Out):
    ref = serializers.UUIDField()
    id = serializers.IntegerField()
    email = serializers.EmailField()
    name = serializers.CharField()
    employee_no = serializers.CharField()
    team = serializers.CharField(help_text="Empty without one.")
    team_ref = serializers.UUIDField(allow_null=True)
    site = serializers.CharField(help_text="Where they work; empty if nobody said.")
    site_ref = serializers.UUIDField(allow_null=True)
    languages = serializers.ListField(child=serializers.CharField(), help_text="Codes, the main one first.")
    hired_on = serializers.DateField()
    left_on = serializers.DateField(allow_null=True)


class SkillsOut(Out):
    skills = serializers.DictField(child=serializers.IntegerField(), help_text="{code: level}.")


class WorkOut(Out):
    """A brand that somebody works for."""

    brand = serializers.UUIDField(help_text="Its ref.")
    slug = serializers.CharField()
    alias = serializers.CharField(help_text="What its customers read; empty: the first name.")
    version = serializers.CharField(help_text="Certified for; empty: for nothing now.")
    valid_until = serializers.DateTimeField(allow_null=True, help_text="The certification's end.")


AMARA = {"email": "amara@harbour.example", "name": "Amara Koné"}
SITE_REF, TEAM_REF = "0199f2f0-7c55-7d7e-8f3a-1c2d3e4f5a01", "0199f2f0-7c55-7d7e-8f3a-1c2d3e4f5a02"
SITE = OpenApiExample(
    "A site",
    value={
        "ref": SITE_REF, "id": 3, "name": "Malmö", "timezone": "Europe/Stockholm", "archived_at": None,
    },
    response_only=True,
)  # fmt: skip
SITE_BODY = OpenApiExample(
    "A site", value={"name": "Malmö", "timezone": "Europe/Stockholm"}, request_only=True
)
TEAM = OpenApiExample(
    "A team",
    value={
        "ref": TEAM_REF, "id": 5, "name": "Blue", "site": "Malmö", "site_ref": SITE_REF,
        "lead": AMARA["email"], "archived_at": None,
    },
    response_only=True,
)  # fmt: skip
TEAM_BODY = OpenApiExample(
    "A team", value={"name": "Blue", "site_ref": SITE_REF, "lead": AMARA["email"]}, request_only=True
)
SKILL = OpenApiExample(
    "A skill",
    value={
        "ref": "0199f2f0-7c55-7d7e-8f3a-1c2d3e4f5a03", "code": "billing", "name": "Billing",
        "archived_at": None,
    },
    response_only=True,
)  # fmt: skip
SKILL_BODY = OpenApiExample("A skill", value={"name": "Billing"}, request_only=True)
AGENT = OpenApiExample(
    "An agent",
    value={
        "ref": "0199f2f0-7c55-7d7e-8f3a-1c2d3e4f5a04", "id": 7, **AMARA, "employee_no": "H-007",
        "team": "Blue", "team_ref": TEAM_REF, "site": "Malmö", "site_ref": SITE_REF, "languages": ["en"],
        "hired_on": "2025-01-01", "left_on": None,
    },
    response_only=True,
)  # fmt: skip
AGENT_BODY = OpenApiExample(
    "An agent",
    value={
        **AMARA, "employee_no": "H-007", "team_ref": TEAM_REF, "site_ref": SITE_REF,
        "languages": ["en", "fr"], "hired_on": "2025-01-01",
    },
    request_only=True,
)  # fmt: skip
SKILLS_BODY = OpenApiExample("Two skills", value={"skills": {"billing": 4, "portuguese": 5}})
BRAND_REF = "0199f2f0-7c55-7d7e-8f3a-1c2d3e4f5a6b"
WORK = OpenApiExample(
    "A brand to work for",
    value={
        "brand": BRAND_REF, "slug": "northwind", "alias": "Amy", "version": "2026-1",
        "valid_until": "2027-01-01T00:00:00Z",
    },
    response_only=True,
)  # fmt: skip
WORK_BODY = OpenApiExample(
    "One more brand", value={"brand": BRAND_REF, "version": "2026-1"}, request_only=True
)
CERTIFICATION_BODY = OpenApiExample(
    "For a year", value={"version": "2026-1", "valid_until": "2027-01-01T00:00:00Z"}, request_only=True
)
ALIAS_BODY = OpenApiExample("A name", value={"shown_name": "Amy"}, request_only=True)
