"""A logo by its digest: on a brand's host its own, on the provider's that of whichever brand a page wears."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core.views import FOREVER
from tenants.binding import LABOUR, Bound
from tenants.choices import LogoKind
from tenants.look.models import BrandLogo

TYPES = {LogoKind.PNG: "image/png", LogoKind.SVG: "image/svg+xml"}
CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"


@require_safe
def logo(request: HttpRequest, digest: str) -> HttpResponse:
    """Give the picture; its address changes with it, so it may be kept for ever."""
    brand = getattr(request, "brand", None)
    of: dict[str, Any] = {"brand_id": brand.id} if brand else {}
    with Bound(LABOUR):
        found = BrandLogo.objects.filter(digest=digest, **of).values("kind", "body").first()
    if found is None:
        raise Http404
    return picture(found["kind"], bytes(found["body"]))


def picture(kind: str, body: bytes, *, kept: str = FOREVER) -> HttpResponse:
    """Answer with the picture, of which nothing runs and nothing loads; `kept`: its Cache-Control."""
    response = HttpResponse(body, content_type=TYPES[LogoKind(kind)])
    response.headers["Cache-Control"] = kept
    response.headers["Content-Security-Policy"] = CSP
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
