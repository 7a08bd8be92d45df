"""Holds every page to the rules of its reader's seats: age, networks, second step, idle time."""

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.hosts import sign_in_url, with_next
from accounts.http import Request, SignedInRequest
from accounts.security import signins
from accounts.security.gate import ENDS, Verdict, judge
from accounts.security.rules import Rules, rules_of
from accounts.security.signins import Place
from core import clock, ratelimit
from core.addresses import network_address
from tenants.audit import audit
from tenants.hosts import name_of

SECURITY = "/accounts/security/"
ALWAYS = ("/accounts/logout/", "/leave/", "/enter/", "/session/", "/static/", "/t/", "/healthz")
"""Open to a session that may not open anything else: the ways out and in, and what pages are made of."""
BY_ITSELF = "X-By-Itself"
"""A page's script sends it with what nobody asked for."""


class SecurityMiddleware:
    """After ActorMiddleware. One write a minute; with an idle time-out one statement a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, page: HttpRequest) -> HttpResponseBase:
        request = cast(Request, page)
        if request.actor is None or request.path.startswith("/static/"):
            return self.get_response(request)
        rules, now = rules_of(request.actor.held), clock.now()
        verdict = judge(request.session, rules, address=where(request).address, now=now)
        if verdict == Verdict.GOOD and rules.idle_minutes and not self.is_awake(request, rules.idle_minutes):
            verdict = Verdict.IDLE
        if verdict in ENDS:
            return self.end(request, rules, verdict)
        signins.note_seen(
            request.session.session_key or "",
            user_id=request.actor.user_id,
            brand_id=request.brand.id if request.brand else None,
            place=where(request),
            now=now,
        )
        setattr(request, "rules", rules)  # noqa: B010 - for accounts.context
        if verdict == Verdict.GOOD or request.path.startswith(ALWAYS):
            return self.get_response(request)
        return self.hold_back(cast(SignedInRequest, request), verdict)

    def is_awake(self, request: Request, minutes: int) -> bool:
        key, now = request.session.session_key or "", clock.now()
        look = signins.note_act if is_act(request) else signins.is_awake
        return look(key, idle_minutes=minutes, now=now)

    def end(self, request: Request, rules: Rules, verdict: Verdict) -> HttpResponseBase:
        """Forget the session and go on as nobody: a page leads to the sign-in and back."""
        actor, key = request.actor, request.session.session_key or ""
        brand_id = request.brand.id if request.brand else None
        if actor:
            signins.end_here(key, user_id=actor.user_id, brand_id=brand_id, reason=verdict, now=clock.now())
        logout(request)
        request.actor, request.user = None, AnonymousUser()
        if request.brand is None and not request.htmx and request.path != "/session/":
            messages.info(request, _ended(rules, verdict))
        return self.get_response(request)

    def hold_back(self, request: SignedInRequest, verdict: Verdict) -> HttpResponseBase:
        if verdict == Verdict.ELSEWHERE:
            return elsewhere(request)
        if request.brand is None and request.path.startswith(SECURITY):
            return self.get_response(request)
        return to_enrolment(request)


def where(request: HttpRequest) -> Place:
    """Return where the request comes from."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    return Place(
        host=name_of(request.get_host()),
        address=network_address(request.META.get("REMOTE_ADDR", ""), forwarded),
        user_agent=request.headers.get("User-Agent", ""),
    )


def is_act(request: Request) -> bool:
    """Tell whether a person did this: went to a page, or sent something. What a script fetches is none.

    Reading, typing and moving about in a page is reported by the page (static/js/idle.js).
    """
    if BY_ITSELF in request.headers:
        return False
    if request.method not in {"GET", "HEAD"}:
        return True
    mode = request.headers.get("Sec-Fetch-Mode")
    is_fetched = bool(request.htmx) or "json" in request.headers.get("Accept", "")
    return mode == "navigate" if mode else not is_fetched


def elsewhere(request: SignedInRequest) -> HttpResponse:
    """Say that one may not come from there; written down once in five minutes."""
    brand_id, place = request.brand.id if request.brand else None, where(request)
    if ratelimit.hit(f"elsewhere:{request.actor.who}:{place.address}", limit=1, seconds=300):
        who = request.actor.who
        audit("session.elsewhere", actor=who, brand_id=brand_id, object=place.address, now=clock.now())
    return render(request, "accounts/security/elsewhere.html", {"address": place.address}, status=403)


def to_enrolment(request: SignedInRequest) -> HttpResponse:
    """Lead to where a second step is set up, and back; a script is told where."""
    page = request.get_full_path() if request.method in {"GET", "HEAD"} else "/"
    page = (request.htmx.current_url_abs_path or "/") if request.htmx else page
    target = sign_in_url(request, page) if request.brand else with_next(SECURITY, page)
    if request.htmx:
        return HttpResponse(status=403, headers={"HX-Redirect": target})
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=403)
    return HttpResponseRedirect(target)


def _ended(rules: Rules, verdict: Verdict) -> str:
    if verdict == Verdict.IDLE:
        words = _("You were signed out after %(minutes)d minutes without activity.")
        return words % {"minutes": rules.idle_minutes or 0}
    words = ngettext(
        "You were signed out: a session lasts %(hours)d hour here.",
        "You were signed out: a session lasts %(hours)d hours here.",
        rules.session_hours or 0,
    )
    return words % {"hours": rules.session_hours or 0}
