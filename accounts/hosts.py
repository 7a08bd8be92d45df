"""The two kinds of hosts: the provider's is the bare base, a brand's `<slug>.<base>` or a name of its own."""

from typing import Literal

from django.conf import settings
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from accounts.http import Request
from tenants.cards import hosts_of
from tenants.hosts import name_of
from tenants.values import BrandCard

PROVIDER: Literal["provider"] = "provider"
Home = int | Literal["provider"]


def home_of(request: Request) -> Home:
    """What a session of this host is bound to: the brand's id, or the provider."""
    return request.brand.id if request.brand else PROVIDER


def public_url(path: str) -> str:
    """Return the address of a page of the provider's host for a mail: made of the settings, of no request.

    Behind TLS the proxy has the port that everybody knows; without it the pages have their own.
    """
    return _public(settings.BASE_HOST, path)


def provider_url(request: Request, path: str) -> str:
    return f"{request.scheme}://{settings.BASE_HOST}{_port(request)}{path}"


def brand_url(request: Request, slug: str, path: str) -> str:
    return f"{request.scheme}://{slug}.{settings.BASE_HOST}{_port(request)}{path}"


def own_host(request: Request) -> str:
    """Return the host of the request when it is a name of the client's own, "" for every other."""
    name = name_of(request.get_host()).rstrip(".")
    return name if request.brand and name != f"{request.brand.slug}.{settings.BASE_HOST}" else ""


def host_url(request: Request, card: BrandCard, host: str, path: str) -> str:
    """Return the address on that host, if it serves the brand now, else on the one the brand has of us."""
    if host not in hosts_of(card):
        return brand_url(request, card.slug, path)
    return f"{request.scheme}://{host}{_port(request)}{path}"


def safe_path(path: str | None, default: str = "/") -> str:
    """Return `path` if it stays on this host, else the default: no link of ours leads elsewhere."""
    inside = path and path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if path and inside else default


def with_next(path: str, following: str) -> str:
    return f"{path}?{urlencode({'next': following})}"


def handoff_path(slug: str, following: str, *, host: str = "") -> str:
    """The provider's page that carries a sign-in to the brand's host and on to `following` there.

    `host` is one of the brand's own names; without it the brand's host is the one it has of us.
    """
    query = {name: value for name, value in (("next", following), ("at", host)) if value}
    return f"/handoff/{slug}/" + (f"?{urlencode(query)}" if query else "")


def console_path(slug: str) -> str:
    """The provider's page about who sees what of the brand: where a look as its people begins and ends."""
    return f"/clients/{slug}/access/"


def sign_in_url(request: Request, following: str) -> str:
    """Where to sign in for the page `following` of this request's host; it comes back by itself."""
    if request.brand:
        onward = handoff_path(request.brand.slug, following, host=own_host(request))
        return provider_url(request, with_next(settings.LOGIN_URL, onward))
    return with_next(settings.LOGIN_URL, following)


def _port(request: Request) -> str:
    port = request.get_host().rpartition(":")[2]
    return f":{port}" if port.isdecimal() else ""


def client_url(card: BrandCard, path: str) -> str:
    """Return the address of a page of the brand's host for a mail: on a name of its own, if it has one."""
    ours = f"{card.slug}.{settings.BASE_HOST}"
    own = sorted(hosts_of(card) - {ours})
    return _public(own[0] if own else ours, path)


def _public(host: str, path: str) -> str:
    port = "" if settings.SCHEME == "https" or settings.PORT == 80 else f":{settings.PORT}"
    return f"{settings.SCHEME}://{host}{port}{path}"
