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
from workforce import api as workforce

BRAND = "brands/<uuid:ref>/"
DRAFT = "onboardings/<uuid:ref>/"


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
    path(f"{BRAND}seats/", workforce.Seats.as_view(), name="seats"),
    path(f"{BRAND}seats/<int:seat_id>/", workforce.OneSeat.as_view(), name="seat"),
    path("sites/", workforce.Sites.as_view(), name="sites"),
    path("teams/", workforce.Teams.as_view(), name="teams"),
    path("onboardings/", onboardings.Onboardings.as_view(), name="onboardings"),
    path(DRAFT, onboardings.OneOnboarding.as_view(), name="one-onboarding"),
    path(f"{DRAFT}brand/", onboardings.Build.as_view(), name="onboarding-brand"),
    path(f"{DRAFT}steps/<slug:step>/", onboardings.OneStep.as_view(), name="onboarding-step"),
    path("people/", workforce.Agents.as_view(), name="people"),
    *SHARED,
]
BRANDS_OWN = [
    path("brand/", brands.OwnBrand.as_view(), name="own-brand"),
    path("queues/", interactions.Queues.as_view(), name="queues"),
    path("calendars/", interactions.Calendars.as_view(), name="calendars"),
    path("conversations/", interactions.Conversations.as_view(), name="conversations"),
    *SHARED,
]
