"""How a request or a socket learns who it acts for, and who may open a page.

Absent and forbidden look the same. Every look-up here is one query and runs unbound or in the labour scope.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import wraps
from importlib import import_module
from typing import Any, Concatenate, NoReturn, ParamSpec, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.crypto import constant_time_compare

from accounts.actor import Actor, Seat
from accounts.choices import Role
from accounts.hosts import PROVIDER, Home, sign_in_url
from accounts.http import Request, SignedInRequest
from accounts.languages import staff_language
from accounts.models import Membership, User
from accounts.refusals import refuse
from accounts.security.gate import may_stay
from core.clock import now as clock_now
from tenants.scope import labour_scope

HOME_SESSION_KEY = "home"
HOST_SESSION_KEY = "host"  # a brand may have several: a session is good on the one it was opened on

P = ParamSpec("P")
View = Callable[Concatenate[Any, P], HttpResponseBase]


def actor_for(user_id: int, *, now: datetime | None = None) -> Actor | None:
    """Return who may sign in under this id, with the seats that are valid now; None for nobody."""
    with labour_scope():
        user = seated(now or clock_now()).filter(pk=user_id).first()
    return as_actor(user) if user else None


def actor_for_session(
    session_key: str | None, *, brand_id: int | None = None, address: str = "", now: datetime | None = None
) -> Actor | None:
    """Return who the session cookie of a socket stands for, on the brand's host or the provider's.

    None also when a rule of their seats forbids it now (accounts.security); `address` is the socket's.
    """
    if not session_key:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    now = now or clock_now()
    with labour_scope():
        user = user_of(session, home=brand_id or PROVIDER, now=now)
    if user is None:
        return None
    actor = as_actor(user)
    actor = actor.only(brand_id) if brand_id else actor
    return actor if may_stay(session, actor, address=address, now=now) else None


def user_of(session: Mapping[str, Any], *, home: Home, now: datetime) -> User | None:
    """Return the session's user with their seats, if the session belongs to this host and is still good."""
    user_id = session.get(SESSION_KEY)
    if user_id is None or session.get(HOME_SESSION_KEY) != home:
        return None
    user = seated(now).filter(pk=user_id).first()
    return user if user and _is_signed_by(user, session.get(HASH_SESSION_KEY, "")) else None


def seated(now: datetime) -> QuerySet[User]:
    """Users who may sign in, each with `seats`: a list of {"brand_id", "role"} that are valid now."""
    memberships = Membership.objects.valid(now).filter(user=OuterRef("pk")).order_by("brand_id", "role")
    seats = memberships.values(seat=JSONObject(brand_id="brand_id", role="role"))
    return User.objects.filter(is_active=True).annotate(seats=ArraySubquery(seats))


def as_actor(user: User) -> Actor:
    """Freeze a user of `seated()`."""
    seats = tuple(Seat(seat["brand_id"], seat["role"]) for seat in user.seats)  # type: ignore[attr-defined]
    language, zone = staff_language(user.language), known_zone(user.timezone)
    return Actor(user.pk, user.email, user.name, seats, language, user.theme, zone)


def known_zone(name: str) -> str:
    """Return the zone's name, or UTC for one that this machine does not know: no page fails over a name."""
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return "UTC"


def require(*roles: Role) -> Callable[[View[P]], View[P]]:
    """Let only those in who hold one of the roles: in this host's brand, on the provider's host anywhere.

    Nobody signed in: to the sign-in page and back (a scripted request is told where by HX-Redirect).
    Somebody without the role: 404, and it is written down.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.actor is None:
                return sign_in_redirect(request)
            if not any(_plays(request.actor, role, request) for role in roles):
                refuse_page(cast(SignedInRequest, request), roles)
            return view(request, *args, **kwargs)

        return cast(View[P], guarded)

    return decorate


def require_user(view: View[P]) -> View[P]:
    """Let only those in who are signed in, whatever their seats."""

    @wraps(view)
    def guarded(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return sign_in_redirect(request) if request.actor is None else view(request, *args, **kwargs)

    return cast(View[P], guarded)


def sign_in_redirect(page: HttpRequest) -> HttpResponse:
    """Send a page to the sign-in and back; tell a script with 401, so that it keeps what was typed."""
    request = cast(Request, page)
    if request.htmx:
        target = sign_in_url(request, request.htmx.current_url_abs_path or "/")
        return HttpResponse(status=401, headers={"HX-Redirect": target})
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=401)
    return HttpResponseRedirect(sign_in_url(request, request.get_full_path()))


def refuse_page(request: SignedInRequest, roles: Sequence[Role]) -> NoReturn:
    """Turn away who holds none of the roles that the page is for."""
    brand_id = request.brand.id if request.brand else None
    refuse(request.actor.who, brand_id=brand_id, role=" or ".join(roles), object=request.path)


def _plays(actor: Actor, role: Role, request: Request) -> bool:
    if request.brand:
        return actor.has(role, request.brand.id)
    return actor.is_operator if role == Role.OPERATOR else bool(actor.brand_ids(role))


def _is_signed_by(user: User, session_hash: str) -> bool:
    """Tell whether the session was opened with the password of today (or under a retired SECRET_KEY)."""
    hashes = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(session_hash, known) for known in hashes)
