"""The pages of the hand-off: out of the provider's host, into a brand's, and back out of it."""

from django.contrib.auth import login, logout
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import seeing, tickets
from accounts.access import (
    HOME_SESSION_KEY,
    HOST_SESSION_KEY,
    SEEING_SESSION_KEY,
    require_user,
    sign_in_redirect,
)
from accounts.actor import Actor
from accounts.errors import HandoffRefused
from accounts.hosts import console_path, handoff_path, host_url, own_host, provider_url, safe_path, with_next
from accounts.http import Request, SignedInRequest
from accounts.models import User
from accounts.security import signins
from accounts.security.gate import FACTOR_SESSION_KEY, OPENED_SESSION_KEY
from accounts.security.middleware import where
from core import clock
from core.errors import NotFound
from tenants.audit import audit
from tenants.cards import BrandCard, card_by_slug
from tenants.hosts import name_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PORTAL_SESSION_SECONDS = 12 * 3600


@never_cache
@require_safe
@require_user
def handoff(request: SignedInRequest, slug: str) -> HttpResponse:
    """Carry the signed-in user from the provider's host to the brand's, if they have a seat there."""
    card = card_by_slug(slug)
    if card is None:
        raise Http404
    session_key = request.session.session_key or ""
    try:
        code = tickets.open_handoff(card.id, actor=request.actor, session_key=session_key, now=clock.now())
    except NotFound as error:
        raise Http404 from error
    path = with_next(f"/enter/{code}/", safe_path(request.GET.get("next")))
    return _quietly(HttpResponseRedirect(host_url(request, card, request.GET.get("at", ""), path)))


@never_cache
@require_safe
def enter(request: Request, code: str) -> HttpResponse:
    """Open a session on the brand's host for the code's owner; a page in plain words when it is spent."""
    brand = _brand(request)
    following = safe_path(request.GET.get("next"))
    now = clock.now()
    try:
        actor = tickets.claim_handoff(code, brand_id=brand.id, now=now)
    except HandoffRefused as error:
        context = {"error": error, "brand": brand, "following": following}
        return _quietly(render(request, "accounts/enter_refused.html", context, status=error.status))
    _open_session(request, actor, brand, code)
    tickets.note_entry(code, session_key=request.session.session_key or "")
    if actor.seeing is None:
        audit("session.opened", actor=actor.who, brand_id=brand.id, now=now)
    return _quietly(HttpResponseRedirect(following))


@never_cache
@require_POST
def stop_seeing(request: Request) -> HttpResponse:
    """End a look as the client's people, with its session, and go back to the console."""
    brand = _brand(request)
    if request.actor is None:
        return sign_in_redirect(request)
    if request.actor.seeing is None:
        raise Http404
    seeing.end(request.actor.seeing.ref, actor=request.actor, brand_id=brand.id, now=clock.now())
    request.session.flush()
    return HttpResponseRedirect(provider_url(request, console_path(brand.slug)))


@never_cache
@require_POST
def leave(request: Request) -> HttpResponse:
    """Sign out on a brand's host, and on the provider's where that session came from."""
    brand = _brand(request)
    if request.actor:
        tickets.end_sessions(request.session.session_key or "")
        audit("session.closed", actor=request.actor.who, brand_id=brand.id, now=clock.now())
        logout(request)
    back = handoff_path(brand.slug, "", host=own_host(request))
    return HttpResponseRedirect(provider_url(request, with_next("/accounts/login/", back)))


def _open_session(request: Request, actor: Actor, brand: BrandCard, code: str) -> None:
    """Begin a fresh session (new key, new CSRF token) that is good on this very host only.

    It is as old as the sign-in that it comes from, and has passed the same second step.
    """
    now = clock.now()
    source = signins.source_of(tickets.digest_of(code))
    request.session.flush()  # login() alone keeps the key of a session of the same user
    login(request, User.objects.get(pk=actor.user_id), backend=BACKEND)
    if actor.seeing:
        request.session[SEEING_SESSION_KEY] = str(actor.seeing.ref)
    request.session[HOME_SESSION_KEY] = brand.id
    request.session[HOST_SESSION_KEY] = name_of(request.get_host())
    request.session[OPENED_SESSION_KEY] = (source.opened_at if source else now).timestamp()
    if source and source.second_factor:
        request.session[FACTOR_SESSION_KEY] = source.second_factor
    request.session.set_expiry(PORTAL_SESSION_SECONDS)
    request.session.save()
    signins.begin(
        request.session.session_key or "",
        user_id=actor.user_id,
        brand_id=brand.id,
        place=where(request),
        opened_at=source.opened_at if source else now,
        second_factor=source.second_factor if source else "",
        now=now,
    )


def _brand(request: Request) -> BrandCard:
    if request.brand is None:
        raise Http404
    return request.brand


def _quietly(response: HttpResponse) -> HttpResponse:
    """The address holds a code: no page that follows learns it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
