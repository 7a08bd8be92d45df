"""Helpers of views that answer htmx and browsers alike."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise

TRIGGER = "HX-Trigger"


def is_part(request: HttpRequest) -> bool:
    """Tell whether htmx asks for a part of the page (a boosted link wants all of it)."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted


def render_part(
    request: HttpRequest, page: str, partial: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render the partial for htmx, the page for everybody else; the same address works without scripts."""
    response = render(request, partial if is_part(request) else page, context, status=status)
    patch_vary_headers(response, ("HX-Request",))
    return response


def with_toast(response: HttpResponse, text: "str | Promise", kind: str = "") -> HttpResponse:
    """Have the page show a toast when the answer arrives; `kind` is good, warn, bad or nothing."""
    events = json.loads(response.headers.get(TRIGGER, "{}"))
    response.headers[TRIGGER] = json.dumps(events | {"toast": {"text": str(text), "kind": kind}})
    return response
