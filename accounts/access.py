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
from django.contrib.postgres.fields import ArrayField
from django.db.models import JSONField, QuerySet
from django.db.models.expressions import RawSQL
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.crypto import constant_time_compare

from accounts.actor import Actor, Seat
from accounts.choices import MembershipState, Role
from accounts.hosts import PROVIDER, Home, sign_in_url
from accounts.http import Request, SignedInRequest
from accounts.languages import staff_language
from accounts.models import User
from accounts.permissions import Permission
from accounts.refusals import refuse
from accounts.security.gate import may_stay
from core.clock import now as clock_now
from core.errors import NotFound
from tenants.audit import audit
from tenants.cards import card_by_slug
from tenants.scope import labour_scope

HOME_SESSION_KEY = "home"
SEEING_SESSION_KEY = "seeing"
HOST_SESSION_KEY = "host"  # a brand may have several: a session is good on the one it was opened on

SEATS = """ARRAY(
    SELECT jsonb_build_object('brand_id', brand_id, 'role', role, 'until', valid_until)
      FROM accounts_membership
     WHERE user_id = accounts_user.id AND state = %s AND (valid_until IS NULL OR valid_until > %s)
     ORDER BY brand_id, role
)"""
"""As MembershipQuerySet.valid; by hand, as every request asks it and Django takes longer to write it down."""

P = ParamSpec("P")
View = Callable[Concatenate[Any, P], HttpResponseBase]


def actor_for(user_id: int, *, now: datetime | None = None) -> Actor | None:
    """Return who may sign in under this id, with the seats that are valid now; None for nobody."""
    with labour_scope():
        user = seated(now or clock_now()).filter(pk=user_id).first()
    return as_actor(user) if user else None


NOBODY = (None, None)


def actor_for_session(
    session_key: str | None, *, brand_id: int | None = None, address: str = "", now: datetime | None = None
) -> Actor | None:
    """Return who the session cookie of a socket stands for, on the brand's host or the provider's."""
    return standing_of(session_key, brand_id=brand_id, address=address, now=now)[0]


def standing_of(
    session_key: str | None,
    *,
    brand_id: int | None = None,
    host: str = "",
    address: str = "",
    now: datetime | None = None,
) -> tuple[Actor | None, datetime | None]:
    """Return who that is, and when the session is over by itself (None: by no rule).

    Nobody for a session that only looks on: a socket takes commands. Nobody also when a rule of their seats
    forbids it now (accounts.security); `address` is the socket's. With `host`, nobody for a session that was
    opened on another name of the brand's.
    """
    if not session_key:
        return NOBODY
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    now = now or clock_now()
    with labour_scope():
        user = user_of(session, home=brand_id or PROVIDER, now=now)
    elsewhere = host and session.get(HOST_SESSION_KEY) not in (None, host)
    if user is None or elsewhere or SEEING_SESSION_KEY in session:
        return NOBODY
    actor = as_actor(user)
    actor = actor.only(brand_id) if brand_id else actor
    stay = may_stay(session, actor, address=address, now=now)
    return (actor, stay.until) if stay else NOBODY


def user_of(session: Mapping[str, Any], *, home: Home, now: datetime) -> User | None:
    """Return the session's user with their seats, if the session belongs to this host and is still good."""
    user_id = session.get(SESSION_KEY)
    if user_id is None or session.get(HOME_SESSION_KEY) != home:
        return None
    user = seated(now).filter(pk=user_id).first()
    return user if user and _is_signed_by(user, session.get(HASH_SESSION_KEY, "")) else None


def seated(now: datetime) -> QuerySet[User]:
    """Users who may sign in, each with `seats`: a list of {"brand_id", "role", "until"} valid now."""
    given = [MembershipState.ACTIVE, now]
    seats = RawSQL(SEATS, given, output_field=ArrayField(JSONField()))  # noqa: S611 - fixed text
    return User.objects.filter(is_active=True).annotate(seats=seats)


def as_actor(user: User) -> Actor:
    """Freeze a user of `seated()`."""
    seats = tuple(_seat(seat) for seat in user.seats)  # type: ignore[attr-defined]
    language, zone = staff_language(user.language), known_zone(user.timezone)
    return Actor(user.pk, user.email, user.name, seats, language, user.theme, zone)


def reading_of(user_id: int) -> dict[str, str]:
    """Return `timezone` and `language` of a user as they were chosen, whatever pages there are in it."""
    with labour_scope():
        user = User.objects.only("timezone", "language").get(pk=user_id)
    return {"timezone": user.timezone, "language": user.language}


def known_zone(name: str) -> str:
    """Return the zone's name, or UTC for one that this machine does not know: no page fails over a name."""
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return "UTC"


def require(*wanted: Role | Permission) -> Callable[[View[P]], View[P]]:
    """Let only those in who have one of the permissions (or hold one of the roles) where the page is about.

    That is this host's brand; on the provider's host the brand that the address names by `slug`, or anywhere.
    Nobody signed in: to the sign-in page and back (a scripted request is told where by HX-Redirect).
    Somebody without: 404, and it is written down. The view carries what it wants as `required`.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.actor is None:
                return sign_in_redirect(request)
            brand_id = _place(request, kwargs, wanted)
            if not any(_may(request.actor, one, request, brand_id) for one in wanted):
                refuse_page(cast(SignedInRequest, request), wanted, brand_id)
            if request.actor.seeing:
                note_look(cast(SignedInRequest, request))
            return view(request, *args, **kwargs)

        guarded.required = wanted  # type: ignore[attr-defined]
        return cast(View[P], guarded)

    return decorate


def require_user(view: View[P]) -> View[P]:
    """Let only those in who are signed in, whatever their seats."""

    @wraps(view)
    def guarded(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return sign_in_redirect(request) if request.actor is None else view(request, *args, **kwargs)

    guarded.required = ()  # type: ignore[attr-defined]
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


def refuse_page(
    request: SignedInRequest, wanted: Sequence[Role | Permission], brand_id: int | None
) -> NoReturn:
    """Turn away who may not see the page."""
    roles = " or ".join(one for one in wanted if isinstance(one, Role))
    permissions = " or ".join(one for one in wanted if isinstance(one, Permission))
    refuse(request.actor.who, brand_id=brand_id, role=roles, permission=permissions, object=request.path)


def note_look(request: SignedInRequest) -> None:
    """Write down which page of a brand somebody of the provider sees as its people do."""
    brand_id = request.brand.id if request.brand else None
    audit("seeing.looked", actor=request.actor.who, brand_id=brand_id, object=request.path)


def _place(request: Request, arguments: Mapping[str, Any], wanted: Sequence[Role | Permission]) -> int | None:
    """Return the brand that the page is about, None for none. Raises NotFound for a name that is none."""
    if request.brand:
        return request.brand.id
    slug = arguments.get("slug")
    if slug is None or not all(isinstance(one, Permission) for one in wanted):
        return None
    card = card_by_slug(slug)
    if card is None:
        raise NotFound
    return card.id


def _may(actor: Actor, wanted: Role | Permission, request: Request, brand_id: int | None) -> bool:
    return actor.can(wanted, brand_id) if isinstance(wanted, Permission) else _plays(actor, wanted, request)


def _plays(actor: Actor, role: Role, request: Request) -> bool:
    if request.brand:
        return actor.has(role, request.brand.id)
    return actor.is_operator if role == Role.OPERATOR else bool(actor.brand_ids(role))


def _seat(seat: Mapping[str, Any]) -> Seat:
    until = seat["until"]
    return Seat(seat["brand_id"], seat["role"], datetime.fromisoformat(until) if until else None)


def _is_signed_by(user: User, session_hash: str) -> bool:
    """Tell whether the session was opened with the password of today (or under a retired SECRET_KEY)."""
    hashes = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(session_hash, known) for known in hashes)
