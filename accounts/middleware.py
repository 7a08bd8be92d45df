"""Who is asking, in which language: settled before any view, while nothing is bound."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from accounts import seeing
from accounts.access import HOST_SESSION_KEY, SEEING_SESSION_KEY, as_actor, user_of
from accounts.actor import Actor
from accounts.hosts import console_path, home_of, provider_url
from accounts.http import Request
from accounts.languages import page_language
from accounts.models import User
from core import clock, ratelimit
from core.logs import without_token
from tenants.audit import audit
from tenants.hosts import name_of

SAFE = ("GET", "HEAD", "OPTIONS")
STOP_SEEING = "/see-as/end/"
ENTER = "/enter/"
GetResponse = Callable[[Request], HttpResponseBase]


class LanguageMiddleware:
    """Speak the browser's language, if the screens do; ActorMiddleware turns to the user's own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        request.LANGUAGE_CODE = page_language(request, translation.get_language_from_request(request))
        with translation.override(request.LANGUAGE_CODE):
            response = self.get_response(request)
            response.headers.setdefault(
                "Content-Language", translation.get_language() or settings.LANGUAGE_CODE
            )
        patch_vary_headers(response, ("Accept-Language",))
        return response


class ActorMiddleware:
    """Freeze the signed-in user as `request.actor` (None for nobody): two queries, session, user with seats.

    `request.user` is settled at the same time, so that nothing after this looks it up inside a brand's scope.
    A session serves the host it was opened on and no other; on a brand's host only that brand's seats count.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        user = self.identify(request)
        if user is None:
            request.actor, request.user = None, AnonymousUser()
            return self.get_response(request)
        actor = self.here(request, as_actor(user))
        if actor is None:
            return self.look_is_over(request)
        request.actor, request.user = actor, user
        language = page_language(request, user.language, actor=actor)
        request.LANGUAGE_CODE = language
        with translation.override(language), timezone.override(ZoneInfo(actor.timezone)):
            response = _refused(request) if _would_change(request) else self.get_response(request)
            response.headers["Content-Language"] = language
            return response

    def here(self, request: Request, actor: Actor) -> Actor | None:
        """Return the person as this host knows them; None for who looked as a client's people and is done."""
        if request.brand is None:
            return actor
        ref = request.session.get(SEEING_SESSION_KEY)
        if ref is None:
            return actor.only(request.brand.id)
        look = seeing.current(ref, actor=actor, brand_id=request.brand.id, now=clock.now())
        return actor.as_seen_by(look, request.brand.id) if look else None

    def look_is_over(self, request: Request) -> HttpResponseBase:
        """End the session of the look, and show where another one begins; a code opens the next at once."""
        slug = request.brand.slug if request.brand else ""
        request.session.flush()
        request.actor, request.user = None, AnonymousUser()
        if request.path.startswith(ENTER):
            return self.get_response(request)
        return HttpResponseRedirect(provider_url(request, f"{console_path(slug)}?over=1"))

    def identify(self, request: Request) -> User | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or SESSION_KEY not in request.session:
            return None
        user = user_of(request.session, home=home_of(request), now=clock.now())
        if user is None or not self.is_here(request):
            self.note_refusal(request)
            return None
        return user

    def is_here(self, request: Request) -> bool:
        """Tell whether a brand's session was opened on this very host, not on another of its names."""
        opened_on = request.session.get(HOST_SESSION_KEY)
        return opened_on is None or opened_on == name_of(request.get_host())

    def note_refusal(self, request: Request) -> None:
        """Write down, once in five minutes, that a session was shown where it does not belong."""
        key = f"session:{request.session[SESSION_KEY]}:{home_of(request)}"
        if ratelimit.hit(key, limit=1, seconds=300):
            who, brand_id = (
                f"user:{request.session[SESSION_KEY]}",
                request.brand.id if request.brand else None,
            )
            audit("session.refused", actor=who, brand_id=brand_id, object=without_token(request.path)[:200])


def _would_change(request: Request) -> bool:
    """Tell whether somebody who only looks on asks for more than that; they may end the look, or leave."""
    looks = request.actor is not None and request.actor.seeing is not None
    return looks and request.method not in SAFE and request.path not in (STOP_SEEING, "/leave/")


def _refused(request: Request) -> HttpResponseBase:
    return render(request, "accounts/only_looking.html", {"brand": request.brand}, status=403)
