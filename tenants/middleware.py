"""The first question of a request: whose host is this?"""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBase

from core.views import unknown_host
from tenants.hosts import UnknownHost, brand_for
from tenants.scope import assert_unbound


class HostMiddleware:
    """Sets `request.brand` (None on the provider's host) and `request.urlconf`.

    An unknown host gets a plain page that names nobody. Nothing may be bound when a request begins.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        assert_unbound()
        try:
            brand = brand_for(request.get_host())
        except (UnknownHost, DisallowedHost):
            return unknown_host(request)
        request.brand = brand  # type: ignore[attr-defined]
        request.urlconf = settings.BRAND_URLCONF if brand else settings.PUBLIC_URLCONF
        return self.get_response(request)
