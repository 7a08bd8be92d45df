"""An issued report behind a link: its token is the proof. Nobody signs in, and nothing else opens.

Absent, expired and ended are answered alike, by a page that names no client. Lines of logs have the address
without the token (core.logs).
"""

from collections.abc import Callable
from functools import cache, wraps

from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from accounts.http import Request
from core import clock, ratelimit
from core.addresses import address_of, shortened
from core.errors import NotFound
from core.views import too_many
from reporting.actions import links
from reporting.choices import FileForm
from reporting.issued.diff import Changes, changes
from reporting.issued.kept import Issued, file_of, get_issued
from reporting.issued.making import TYPES
from reporting.issued.page import body
from tenants.binding import Bound
from tenants.scope import Grant, system, tenant_scope
from tenants.values import BrandCard

WINDOW_SECONDS = 300
SAFE = ("GET", "HEAD")
PER_ADDRESS = 60  # a whole office may read from one address

View = Callable[[Request, BrandCard, str], HttpResponse]


def by_token(*methods: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """Give the view the brand of its host and the token; answers say the same of themselves."""

    def decorate(view: View) -> Callable[..., HttpResponse]:
        @never_cache
        @wraps(view)
        def guarded(request: Request, token: str) -> HttpResponse:
            allowed = request.method in methods
            response = _answer(view, request, token) if allowed else HttpResponseNotAllowed(methods)
            return _closed_mouthed(response)

        return guarded

    return decorate


def _closed_mouthed(response: HttpResponse) -> HttpResponse:
    response.headers["Referrer-Policy"] = "no-referrer"  # the address holds the token
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@by_token(*SAFE)
def page(request: Request, brand: BrandCard, token: str) -> HttpResponse:
    """The report as it was frozen; a restated one with what it changed."""
    found = _opened(request, brand, token, None)
    context = {
        "one": found, "body": body(found.document, digest=found.digest), "token": token,
        "changes": _changes(brand, found),
    }  # fmt: skip
    return render(request, "portal/shared.html", context)


@by_token(*SAFE)
def file(request: Request, brand: BrandCard, token: str) -> HttpResponse:
    """The same as PDF."""
    found, form = _opened(request, brand, token, FileForm.PDF), FileForm.PDF
    kept = file_of(found, form, enter=lambda: _scope(brand), now=clock.now())
    headers = {"Content-Disposition": f'attachment; filename="{found.file_name(brand.slug, form)}"'}
    return HttpResponse(kept.content, content_type=TYPES[form], headers=headers)


@csrf_exempt  # mail programs post here by themselves (RFC 8058); it ends mails and does nothing else
@by_token(*SAFE, "POST")
def stop(request: Request, brand: BrandCard, token: str) -> HttpResponse:
    """Ask whether a plan's mails to the link's reader end; POST ends them."""
    with _scope(brand):
        links.reader_of(token)
        if request.method == "POST":
            links.stop_mails(token, now=clock.now())
    return render(request, "portal/shared_stop.html", {"done": request.method == "POST"})


def _answer(view: View, request: Request, token: str) -> HttpResponse:
    address = address_of(request)
    if address and not ratelimit.hit(
        f"report-link-from:{address}", limit=PER_ADDRESS, seconds=WINDOW_SECONDS
    ):
        return too_many(request)
    try:
        if request.brand is None:
            raise NotFound
        return view(request, request.brand, token)
    except NotFound:
        return render(request, "404.html", {"brand": None, "product": None}, status=404)


def _opened(request: Request, brand: BrandCard, token: str, form: FileForm | None) -> Issued:
    """Return the report and note the opening. Raises NotFound."""
    with _scope(brand):
        network = shortened(address_of(request))
        return get_issued(links.open_link(token, form=form, network=network, now=clock.now()))


def _changes(brand: BrandCard, one: Issued) -> Changes | None:
    if one.restates is None:
        return None
    with _scope(brand):
        before = get_issued(one.restates)
    return changes(before.document, one.document)


def _scope(brand: BrandCard) -> Bound:
    return tenant_scope(brand, _grant())


@cache
def _grant() -> Grant:
    """One grant for the life of the process, written down once."""
    return system("open reports by their links")
