"""Pages of no room: health, hues, the style guide, and what is said when something is not there or broke."""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import hues, samples
from core.context import page
from core.csp import secure
from core.ids import new_ref
from core.logs import without_token

log = logging.getLogger(__name__)

FOREVER = "public, max-age=31536000, immutable"
PLAIN = "text/plain; charset=utf-8"


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type=PLAIN)


@require_safe
def brand_css(request: HttpRequest) -> HttpResponse:
    """Give the hues of `?h=148,62` to the elements that name them by `data-hue`."""
    wanted = hues.parse(request.GET.get("h", ""))
    if wanted is None:
        return HttpResponseBadRequest("h: whole degrees 0-359, separated by commas\n", content_type=PLAIN)
    response = HttpResponse(hues.stylesheet(wanted), content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = FOREVER
    return response


@require_safe
def mark(request: HttpRequest) -> HttpResponse:
    """Draw a brand's tab icon: `?t=N&h=148`, one letter on its hue."""
    wanted = hues.parse(request.GET.get("h", ""))
    if wanted is None or len(wanted) != 1:
        return HttpResponseBadRequest("h: whole degrees 0-359\n", content_type=PLAIN)
    context = {"letter": request.GET.get("t", "")[:1], "hue": wanted[0]}
    response = render(request, "core/mark.svg", context, content_type="image/svg+xml")
    response.headers["Cache-Control"] = FOREVER
    return response


@require_safe
def styleguide(request: HttpRequest, sample: str = "components") -> HttpResponse:
    """Show every component in every state, or a whole screen made of them; `?theme=dark`, `?dir=rtl`."""
    if not may_see_styleguide(request) or sample not in samples.SCREENS:
        raise Http404
    context: dict[str, Any] = samples.context(sample)
    if request.GET.get("theme") in {"light", "dark"}:
        context["theme"] = request.GET["theme"]
    if request.GET.get("dir") in {"ltr", "rtl"}:
        context["direction"] = request.GET["dir"]
    return render(request, f"core/styleguide/{sample}.html", context)


def may_see_styleguide(request: HttpRequest) -> bool:
    """On the provider's host, in a demo or for who may."""
    if getattr(request, "brand", None) is not None:
        return False
    actor = getattr(request, "actor", None)
    return settings.DEBUG or settings.DEMO or bool(actor and actor.sees_styleguide)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _say(request, "404.html", 404, _("This page is not here."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _say(request, "403.html", 403, _("This page is not open to you."))


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Ask for patience. Names no product: who tries an invitation or wants a password may be a client's."""
    words = _("Too many requests. Wait a minute, then try again.")
    return _say(request, "429.html", 429, words, product="")


def failed(request: HttpRequest) -> HttpResponse:
    """Say that something broke, with a reference that the log has too."""
    ref = new_ref().hex[-12:]
    log.error("answered 500, reference %s: %s %s", ref, request.method, without_token(request.path))
    return _say(request, "500.html", 500, _("Something broke on our side."), reference=ref)


def unknown_host(request: HttpRequest) -> HttpResponse:
    """Answer for a host that is nobody's: names no brand and no product. Works before any middleware."""
    response = _say(request, "unknown_host.html", 404, _("There is nothing at this address."))
    secure(request, response)
    return response


def _say(request: HttpRequest, name: str, status: int, words: str, **context: str) -> HttpResponse:
    """Render the error page, or its words alone when even that fails: an error page never raises."""
    try:
        body = loader.get_template(name).render(_facts(request) | context)
        return HttpResponse(body, status=status)
    except Exception:
        log.exception("the page %s could not be rendered", name)
        return HttpResponse(f"{words}\n", status=status, content_type=PLAIN)


def _facts(request: HttpRequest) -> dict[str, Any]:
    """What the page processor knows, without those that need a session; nothing for a malformed host."""
    attempt: Callable[[HttpRequest], dict[str, Any]] = page
    try:
        return attempt(request)
    except Exception:
        return {}
