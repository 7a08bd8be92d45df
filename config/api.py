"""The API's addresses below `/api/v1/`: the provider's host and the brands' hosts have their own.

Each room's endpoints stand here; what they are made of is `accounts.api`.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.urls import path, re_path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import brands
from accounts.api.authentication import HasScope, KeyAuthentication, KeyThrottle
from accounts.api.problems import handle
from accounts.api.views import Absent
from interactions import api as interactions
from workforce import api as workforce

BRAND = "brands/<uuid:ref>/"


class Description(SpectacularAPIView):
    """The OpenAPI description of this host, for any good key: YAML, or JSON for who accepts that."""

    scopes: ClassVar[dict[str, str]] = {"GET": ""}
    authentication_classes = (KeyAuthentication,)
    permission_classes = (HasScope,)
    throttle_classes = (KeyThrottle,)
    http_method_names = ("get", "head")

    def get_exception_handler(self) -> Any:
        return handle

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        on_brand = request.brand is not None  # type: ignore[attr-defined]
        self.urlconf = settings.BRAND_URLCONF if on_brand else settings.PUBLIC_URLCONF
        answer: Response = super().get(request, *args, **kwargs)
        return answer


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
    path(f"{BRAND}pause/", brands.Pause.as_view(), name="pause"),
    path(f"{BRAND}seats/", workforce.Seats.as_view(), name="seats"),
    path(f"{BRAND}seats/<int:seat_id>/", workforce.OneSeat.as_view(), name="seat"),
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
