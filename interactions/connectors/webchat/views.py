"""The launcher, its few words, the panel's page, the session token, the demo shop."""

import gzip
import json
from functools import cache
from hashlib import sha256
from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language, get_language_bidi, override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition, require_http_methods, require_safe

from accounts.hosts import provider_url
from accounts.http import Request
from core import clock
from core.addresses import address_of
from core.context import live_origin
from core.ratelimit import hit
from interactions import blocking
from interactions.connectors.webchat import adapter, soft, tokens
from interactions.connectors.webchat.origins import is_allowed, page_origins
from interactions.connectors.webchat.settings import MAX_CHARACTERS, MODULES, SESSIONS_PER_ADDRESS
from interactions.connectors.webchat.texts import launcher_words, panel_words
from tenants.cards import hosts_of
from tenants.scope import tenant_scope, visitor
from tenants.values import BrandCard, EndpointCard

LOADER = settings.BASE_DIR / "static" / "widget" / "w.js"
SOFT_SECONDS = 60
SCRIPT = "text/javascript; charset=utf-8"


@cache
def _loader() -> tuple[bytes, bytes, str]:
    """Return the launcher's script, the same compressed, and its ETag."""
    script = LOADER.read_bytes()
    return script, gzip.compress(script, 9, mtime=0), f'"{sha256(script).hexdigest()[:16]}"'


def _loader_etag(request: HttpRequest) -> str:
    return _loader()[2]


@require_safe
@condition(etag_func=_loader_etag)
def loader(request: HttpRequest) -> HttpResponse:
    script, compressed, _etag = _loader()
    squeezed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(compressed if squeezed else script, content_type=SCRIPT)
    if squeezed:
        response.headers["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    return _public(response)


@require_safe
def settings_json(request: HttpRequest, key: str) -> HttpResponse:
    """Give the launcher its hue and words, in a soft launch also whom it is for, which is soon asked again.

    Public: it says no more than the client's page does.
    """
    brand, endpoint = _endpoint_of(request, key, even_paused=True)
    with override(adapter.language_for(request.GET.get("lang", ""), brand)):
        active = endpoint.is_active  # while the brand is paused nobody enters it, for a label neither
        label = adapter.launcher_text(brand, endpoint, language=_language()) if active else ""
        said = {
            "hue": brand.hue, "lang": _language(), "dir": _direction(), **launcher_words(brand.name, label)
        }  # fmt: skip
    said |= soft.launcher_settings(endpoint, brand, now=clock.now())
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    etag = f'"{sha256(body).hexdigest()[:16]}"'
    response = _public(HttpResponse(body, content_type="application/json", headers={"ETag": etag}))
    if endpoint.soft:
        response.headers["Cache-Control"] = f"public, max-age={SOFT_SECONDS}"
    return cast(HttpResponse, get_conditional_response(request, etag=etag, response=response))


@require_safe
def panel(request: HttpRequest, key: str) -> HttpResponse:
    """Give the frame's page: the same for every visitor; only pages of the inbox's origins may hold it.

    While the brand is paused it says so. The provider's own page may hold the one for tests.
    """
    brand, endpoint = _endpoint_of(request, key, even_paused=True)
    language = adapter.language_for(request.GET.get("lang", ""), brand)
    with override(language):
        if endpoint.is_active:
            response = render(request, "widget/panel.html", _panel_context(request, brand, endpoint, key))
        else:
            response = render(request, "widget/paused.html", _paused_context(request, brand, endpoint))
    provider = [provider_url(cast(Request, request), "")] if endpoint.is_test else []
    ancestors = " ".join(["'self'", *_page_origins(request, brand, endpoint), *provider])
    response.csp = {"frame-ancestors": ancestors, "form-action": "'none'"}  # type: ignore[attr-defined]
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Language"] = language
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _panel_context(
    request: HttpRequest, brand: BrandCard, endpoint: EndpointCard, key: str
) -> dict[str, Any]:
    frame = {
        "key": key,
        "name": brand.name,
        "live": f"{live_origin(request)}/ws/chat/",
        "session": reverse("webchat-session"),
        "origins": _page_origins(request, brand, endpoint),
        "limit": MAX_CHARACTERS,
        "words": panel_words(),
    }
    return {
        "brand": brand,
        "language": _language(),
        "direction": _direction(),
        "title": launcher_words(brand.name)["title"],
        "greeting": adapter.greeting(brand, endpoint, language=_language()),
        "modules": MODULES,
        "frame": frame,
    }


def _page_origins(request: HttpRequest, brand: BrandCard, endpoint: EndpointCard) -> list[str]:
    """Return the pages that may hold the panel: the brand's own hosts and the inbox's list."""
    _name, colon, port = request.get_host().rpartition(":")
    own = [f"{request.scheme}://{host}{colon}{port if colon else ''}" for host in sorted(hosts_of(brand))]
    return [*own, *page_origins(endpoint)]


@csrf_exempt
@require_http_methods(["POST", "OPTIONS"])
def session(request: HttpRequest) -> HttpResponse:
    """Issue a token to a page of an allowed origin: POST {"key"} -> {"token", "expires_at"}. Stores nothing.

    403 for another origin and a blocked address, 404 for an unknown key, 429 past the limit of an address.
    """
    origin = request.headers.get("Origin")
    if request.method == "OPTIONS":
        return _preflight(request, origin)
    brand, endpoint = _endpoint_of(request, _posted_key(request))
    if not is_allowed(origin, endpoint=endpoint, brand=brand):
        return _refusal("origin", 403)
    address = address_of(request)
    limit, seconds = SESSIONS_PER_ADDRESS
    if address and not hit(f"chat:session:{brand.id}:{address}", limit=limit, seconds=seconds):
        return _for_origin(_refusal("rate_limited", 429), origin)
    with tenant_scope(brand, visitor(endpoint)):
        away = blocking.is_blocked("", blocking.digest_of(address, brand_ref=brand.ref), now=clock.now())
    if away:
        return _for_origin(_refusal("blocked", 403), origin)
    token, expires_at = tokens.issue(endpoint, now=clock.now())
    response = JsonResponse({"token": token, "expires_at": expires_at.isoformat()})
    response.headers["Cache-Control"] = "no-store"
    return _for_origin(response, origin)


def _preflight(request: HttpRequest, origin: str | None) -> HttpResponse:
    """Answer a browser that asks before it posts JSON; the key is not known yet, any inbox will do."""
    response = HttpResponse(status=204)
    brand = _brand(request)
    if not any(
        is_allowed(origin, endpoint=each, brand=brand) for each in adapter.endpoints_of(brand).values()
    ):
        return response
    response.headers["Access-Control-Allow-Methods"] = "POST"
    response.headers["Access-Control-Allow-Headers"] = "content-type"
    response.headers["Access-Control-Max-Age"] = "600"
    return _for_origin(response, origin)


def _posted_key(request: HttpRequest) -> str:
    try:
        key = json.loads(request.body[:1000])["key"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Http404 from error
    return key if isinstance(key, str) else ""


@require_safe
def shop(request: HttpRequest) -> HttpResponse:
    """Show the client's shop of the demo world, which embeds the chat as any client would."""
    brand = _brand(request)
    endpoints = adapter.endpoints_of(brand)
    if not settings.DEMO or not endpoints:
        raise Http404
    language = adapter.language_for(request.GET.get("lang", ""), brand)
    with override(language):
        context = {
            "brand": brand,
            "language": language,
            "direction": _direction(),
            "loader": f"{request.scheme}://{request.get_host()}{reverse('webchat-loader')}",
            "key": next(iter(endpoints)),
        }
        response = render(request, f"shop/{adapter.shop_kind(brand)}.html", context)
    response.headers["Content-Language"] = language
    response.csp = {"frame-src": "'self'"}  # type: ignore[attr-defined]
    return response


def _brand(request: HttpRequest) -> BrandCard:
    brand: BrandCard | None = getattr(request, "brand", None)
    if brand is None:
        raise Http404
    return brand


@require_safe
def trial(request: HttpRequest, key: str) -> HttpResponse:
    """Show the page on which a client's chat is tried before it is live; its key opens it, and no other."""
    brand, endpoint = _endpoint_of(request, key)
    if not endpoint.is_test:
        raise Http404
    language = adapter.language_for(request.GET.get("lang", ""), brand)
    with override(language):
        context = {"brand": brand, "language": language, "direction": _direction(), "key": key}
        response = render(request, "widget/trial.html", context)
    response.csp = {  # type: ignore[attr-defined]
        "frame-src": "'self'",
        "frame-ancestors": "'self' " + provider_url(cast(Request, request), ""),
    }
    response.headers["Content-Language"] = language
    response.headers["Cache-Control"] = "no-store"
    return response


def _paused_context(request: HttpRequest, brand: BrandCard, endpoint: EndpointCard) -> dict[str, Any]:
    return {
        "brand": brand,
        "language": _language(),
        "direction": _direction(),
        "title": launcher_words(brand.name)["title"],
        "frame": {"origins": _page_origins(request, brand, endpoint)},
    }


def _endpoint_of(
    request: HttpRequest, key: str, *, even_paused: bool = False
) -> tuple[BrandCard, EndpointCard]:
    """Return the brand of the host and its endpoint of that key; another brand's key is unknown here."""
    brand = _brand(request)
    endpoint = adapter.endpoint_for(brand, key) or (adapter.paused_for(brand, key) if even_paused else None)
    if endpoint is None:
        raise Http404
    return brand, endpoint


def _public(response: HttpResponse) -> HttpResponse:
    """Let any page read it, and every cache keep it for a while."""
    response.headers["Cache-Control"] = "public, max-age=600, stale-while-revalidate=86400"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _for_origin(response: HttpResponse, origin: str | None) -> HttpResponse:
    response.headers["Access-Control-Allow-Origin"] = origin or "null"
    patch_vary_headers(response, ["Origin"])
    return response


def _refusal(code: str, status: int) -> HttpResponse:
    return JsonResponse({"error": code}, status=status)


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _direction() -> str:
    return "rtl" if get_language_bidi() else "ltr"
