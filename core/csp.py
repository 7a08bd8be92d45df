"""The content security policy and its neighbours, on every answer.

Nothing runs and nothing is styled that we did not serve as a file. A view widens it by directive:
`response.csp = {"frame-ancestors": "https://shop.example"}`; one that writes the header itself is left alone.
"""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBase

from core.context import live_origin

HEADER = "Content-Security-Policy"
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"


class ContentSecurityPolicyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return secure(request, self.get_response(request))


def secure(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Set the headers that are missing and return the response."""
    changes: dict[str, str] = getattr(response, "csp", {})
    if HEADER not in response.headers:
        response.headers[HEADER] = write(policy(request) | changes)
    if "frame-ancestors" in changes:  # the newer header decides; the older one could only say no
        response.headers.pop("X-Frame-Options", None)
        setattr(response, "xframe_options_exempt", True)  # noqa: B010 - unknown to HttpResponseBase
    response.headers.setdefault("Permissions-Policy", PERMISSIONS)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response


def policy(request: HttpRequest) -> dict[str, str]:
    """Return the directives for a page of this host."""
    live, elsewhere = _of_host(request)
    return {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "media-src": "'self'",
        "connect-src": f"'self' {live}".strip(),
        "form-action": f"'self' {elsewhere}".strip(),
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }


def write(directives: dict[str, str]) -> str:
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def _of_host(request: HttpRequest) -> tuple[str, str]:
    """Return the live socket's origin and where a form may be redirected; nothing for a malformed host."""
    try:
        return live_origin(request), _handoff_hosts(request)
    except DisallowedHost:
        return "", ""


def _handoff_hosts(request: HttpRequest) -> str:
    """Sign-in leads from the provider's host to a brand's, sign-out back: form-action holds for redirects."""
    port = request.get_host().rpartition(":")[2]
    name = settings.BASE_HOST if getattr(request, "brand", None) else f"*.{settings.BASE_HOST}"
    return f"{request.scheme}://{name}" + (f":{port}" if port.isdecimal() else "")
