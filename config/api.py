"""The API's addresses below `/api/v1/`: the provider's host and the brands' hosts have their own.

Each room's endpoints stand here; what they are made of is `accounts.api`.
"""

from typing import Any, ClassVar, cast

from django.conf import settings
from django.urls import path, re_path
from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import brands, onboardings
from accounts.api.views import Absent, ApiView
from interactions import api as interactions
from interactions import rule_api as rules
from interactions.clocks import api as clocks
from reporting import api as reporting
from routing import api as routing
from workforce.api import people, places, seats

BRAND = "brands/<uuid:ref>/"
DRAFT = "onboardings/<uuid:ref>/"
PERSON = "people/<uuid:ref>/"
WORK = f"{PERSON}brands/<uuid:brand_ref>/"


class Description(ApiView, SpectacularAPIView):
    """The OpenAPI description of this host as JSON, for any good key."""

    scopes: ClassVar[dict[str, str]] = {"GET": ""}
    renderer_classes = [OpenApiJsonRenderer2]

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        on_brand = request.brand is not None  # type: ignore[attr-defined]
        self.urlconf = settings.BRAND_URLCONF if on_brand else settings.PUBLIC_URLCONF
        answer: Any = SpectacularAPIView.get(self, request, *args, **kwargs)  # type: ignore[no-untyped-call]
        return cast(Response, answer)


SHARED = [
    path("schema/", Description.as_view(), name="schema"),
    re_path(r"^.*$", Absent.as_view(), name="absent"),
]
PROVIDER = [
    path("brands/", brands.Brands.as_view(), name="brands"),
    path(BRAND, brands.OneBrand.as_view(), name="brand"),
    path(f"{BRAND}domains/", brands.Domains.as_view(), name="domains"),
    path(f"{BRAND}onboarding/", brands.Onboarding.as_view(), name="onboarding"),
    path(f"{BRAND}live/", brands.Live.as_view(), name="live"),
    path(f"{BRAND}soft-launch/", brands.SoftLaunch.as_view(), name="soft-launch"),
    path(f"{BRAND}pause/", brands.Pause.as_view(), name="pause"),
    path(f"{BRAND}seats/", seats.Seats.as_view(), name="seats"),
    path(f"{BRAND}seats/<int:seat_id>/", seats.OneSeat.as_view(), name="seat"),
    path(f"{BRAND}targets/", reporting.Targets.as_view(), name="targets"),
    path(f"{BRAND}targets/<uuid:target_ref>/", reporting.OneTarget.as_view(), name="target"),
    path(
        f"{BRAND}targets/<uuid:target_ref>/versions/",
        reporting.TargetVersions.as_view(),
        name="target-versions",
    ),
    path(f"{BRAND}targets/<uuid:target_ref>/end/", reporting.TargetEnd.as_view(), name="target-end"),
    path(f"{BRAND}clocks/", clocks.Agreements.as_view(), name="clocks"),
    path(f"{BRAND}queues/", interactions.ClientQueues.as_view(), name="client-queues"),
    path(f"{BRAND}calendars/", interactions.ClientCalendars.as_view(), name="client-calendars"),
    path(f"{BRAND}inboxes/", rules.Inboxes.as_view(), name="inboxes"),
    path(f"{BRAND}inboxes/<uuid:inbox_ref>/dry-run/", rules.InboxDryRun.as_view(), name="dry-run"),
    path(f"{BRAND}rules/", rules.Rules.as_view(), name="client-rules"),
    path(f"{BRAND}rules/<uuid:rule_ref>/", rules.OneRule.as_view(), name="rule"),
    path(f"{BRAND}rules/<uuid:rule_ref>/place/", rules.RulePlace.as_view(), name="rule-place"),
    path(f"{BRAND}rules/<uuid:rule_ref>/removal/", rules.RuleRemoval.as_view(), name="rule-removal"),
    path("sites/", places.Sites.as_view(), name="sites"),
    path("sites/<uuid:ref>/", places.OneSite.as_view(), name="site"),
    path("sites/<uuid:ref>/archive/", places.SiteArchive.as_view(), name="site-archive"),
    path("teams/", places.Teams.as_view(), name="teams"),
    path("teams/<uuid:ref>/", places.OneTeam.as_view(), name="team"),
    path("teams/<uuid:ref>/archive/", places.TeamArchive.as_view(), name="team-archive"),
    path("skills/", places.Skills.as_view(), name="skills"),
    path("skills/<uuid:ref>/", places.OneSkill.as_view(), name="skill"),
    path("skills/<uuid:ref>/archive/", places.SkillArchive.as_view(), name="skill-archive"),
    path("onboardings/", onboardings.Onboardings.as_view(), name="onboardings"),
    path(DRAFT, onboardings.OneOnboarding.as_view(), name="one-onboarding"),
    path(f"{DRAFT}brand/", onboardings.Build.as_view(), name="onboarding-brand"),
    path(f"{DRAFT}steps/<slug:step>/", onboardings.OneStep.as_view(), name="onboarding-step"),
    path("people/", people.People.as_view(), name="people"),
    path(PERSON, people.OnePerson.as_view(), name="person"),
    path(f"{PERSON}skills/", people.PersonSkills.as_view(), name="person-skills"),
    path(f"{PERSON}limits/", routing.PersonLimits.as_view(), name="person-limits"),
    path(f"{PERSON}brands/", people.PersonBrands.as_view(), name="person-brands"),
    path(WORK, people.OneWork.as_view(), name="person-brand"),
    path(f"{WORK}certification/", people.WorkCertification.as_view(), name="person-certification"),
    path(f"{WORK}alias/", people.WorkAlias.as_view(), name="person-alias"),
    *SHARED,
]
BRANDS_OWN = [
    path("brand/", brands.OwnBrand.as_view(), name="own-brand"),
    path("queues/", interactions.Queues.as_view(), name="queues"),
    path("calendars/", interactions.Calendars.as_view(), name="calendars"),
    path("rules/", rules.OwnRules.as_view(), name="rules"),
    path("targets/", reporting.OwnTargets.as_view(), name="own-targets"),
    path("clocks/", clocks.OwnAgreements.as_view(), name="own-clocks"),
    path("conversations/", interactions.Conversations.as_view(), name="conversations"),
    *SHARED,
]
