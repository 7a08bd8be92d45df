"""`/dev/mail/`: in the demo no mail is sent; it is shown here, to everybody, as the demo's passwords are.

On a brand's host its own mails, on the provider's host all. Anywhere but in the demo these pages are absent.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tenants.binding import LABOUR, Bound
from tenants.cards import card_by_id
from tenants.mail.kinds import title_of
from tenants.mail.models import SystemMail
from tenants.mail.parts import with_parts
from tenants.mail.pictures import with_pictures
from tenants.mail.queries import SystemMailQuerySet

PAGE = 25
FRAME_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none';"
    " frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""A mail's HTML carries its styles in its elements and runs nothing; its links open beside the page."""

View = Callable[..., HttpResponse]


def in_the_demo(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(require_safe(guarded))


@in_the_demo
def mails(request: HttpRequest) -> HttpResponse:
    """List the mails, newest first."""
    with Bound(LABOUR):
        page = Paginator(_mails_of(request).listed(), PAGE).get_page(request.GET.get("page"))
        rows = [_row(mail) for mail in page.object_list]
    return _page(request, "mail/list.html", {"page": page, "rows": rows})


@in_the_demo
def mail(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Show one mail: its envelope, its HTML in a sandboxed frame, its plain twin."""
    found = _mail(request, ref)
    response = _page(request, "mail/one.html", {"mail": found, **_row(found)})
    setattr(response, "csp", {"frame-src": "'self'"})  # noqa: B010 - unknown to HttpResponse
    return response


@in_the_demo
def html(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Give the mail's HTML to the frame."""
    found = _mail(request, ref)
    shown = with_parts(found.html, found.parts, found.brand_id)
    return framed(with_pictures(shown, found.brand_id))


def framed(html: str) -> HttpResponse:
    """Answer with a mail's HTML under a policy that lets it run nothing and load nothing."""
    response = HttpResponse(html, headers={"Content-Security-Policy": FRAME_CSP})
    setattr(response, "xframe_options_exempt", True)  # noqa: B010 - the policy above says who may frame it
    return response


def _mails_of(request: HttpRequest) -> "SystemMailQuerySet[SystemMail]":
    brand = getattr(request, "brand", None)
    return SystemMail.objects.of_brand(brand.id) if brand else SystemMail.objects.all()


def _mail(request: HttpRequest, ref: UUID) -> SystemMail:
    with Bound(LABOUR):
        found = _mails_of(request).filter(ref=ref).first()
    if found is None:
        raise Http404
    return found


def _row(mail: SystemMail) -> dict[str, Any]:
    """{"mail", "title", "card"}; `card` is the brand that the mail wears, None for the provider."""
    card = card_by_id(mail.brand_id) if mail.brand_id else None
    return {"mail": mail, "title": title_of(mail.kind), "card": card}


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    base = "base_portal.html" if getattr(request, "brand", None) else "base_page.html"
    hues = {row["card"].hue for row in context.get("rows", [context]) if row["card"]}
    return render(request, template, context | {"base": base, "hues": sorted(hues)})
