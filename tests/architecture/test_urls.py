"""Every address asks for a sign-in, or stands in open_urls.json with the reason why not."""

import json
import re
from collections.abc import Iterator
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver

from config.launch.layout import PROJECT

OPEN: dict[str, dict[str, str]] = json.loads(
    (PROJECT / "tests" / "architecture" / "open_urls.json").read_text()
)
HOSTS = {"provider": settings.PUBLIC_URLCONF, "brand": settings.BRAND_URLCONF}
SAMPLES = {"int": 1, "uuid": UUID(int=1)}
METHODS = ("get", "post")


def addresses(host: str) -> Iterator[tuple[str, URLPattern]]:
    yield from _walk("", import_module(HOSTS[host]).urlpatterns)


def _walk(prefix: str, entries: list[Any]) -> Iterator[tuple[str, URLPattern]]:
    for entry in entries:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(route, entry.url_patterns)
        else:
            yield route, entry


def is_listed(host: str, route: str) -> bool:
    return any(
        route == listed or listed.endswith("*") and route.startswith(listed[:-1]) for listed in OPEN[host]
    )


def nobody(method: str) -> HttpRequest:
    """A request of nobody, as it comes out of the middleware on a brand's host."""
    request = getattr(RequestFactory(), method)("/some/where/")
    request.actor, request.user, request.htmx = None, AnonymousUser(), False
    request.brand = SimpleNamespace(id=1, slug="some", name="Some", schema_name="s_x", locales=("en",), hue=1)
    request.session = {}
    return request  # type: ignore[no-any-return]


def outcome(pattern: URLPattern, method: str) -> str:
    """`sign-in`, or `refused`, or `open`; touching the database before asking counts as open."""
    arguments = {name: SAMPLES.get(_kind(pattern, name), "x") for name in _names(pattern)}
    try:
        response = pattern.callback(nobody(method), **arguments)
    except (Http404, PermissionDenied):
        return "refused"
    except Exception as error:
        return f"open ({type(error).__name__})"
    if response.status_code == 401 or re.search(r"login|sign", response.get("Location", "")):
        return "sign-in"
    return "refused" if response.status_code in {403, 404, 405} else "open"


def _names(pattern: URLPattern) -> list[str]:
    return list(pattern.pattern.regex.groupindex)


def _kind(pattern: URLPattern, name: str) -> str:
    converter = getattr(pattern.pattern, "converters", {}).get(name)
    return type(converter).__name__.removesuffix("Converter").lower() if converter else "str"


@pytest.mark.parametrize("host", HOSTS)
def it_asks_for_a_sign_in(host: str) -> None:
    open_ones = []
    for route, pattern in addresses(host):
        seen = {outcome(pattern, method) for method in METHODS}
        closed = "sign-in" in seen and not any(one.startswith("open") for one in seen)
        if not closed and not is_listed(host, route):
            open_ones.append(f"{route or '(root)'}: {sorted(seen)}")
    assert open_ones == []


@pytest.mark.parametrize("host", HOSTS)
def it_lists_only_addresses_that_exist_each_with_a_reason(host: str) -> None:
    routes = [route for route, _ in addresses(host)]
    for listed, reason in OPEN[host].items():
        assert len(reason) > 10, f"{listed} needs a reason"
        assert any(
            route == listed or listed.endswith("*") and route.startswith(listed[:-1]) for route in routes
        ), listed
