"""A request shows a key as `Authorization: Bearer ak_...`. Cookies count for nothing here."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.keys.access import Caller, caller_of
from accounts.security.middleware import where
from accounts.security.rules import rules_of_programs
from core import clock, ratelimit

SCHEME = "bearer"
REALM = 'Bearer realm="api"'
WINDOW_SECONDS = 60
READS = 600
WRITES = 120
READING = ("GET", "HEAD")


class KeyAuthentication(BaseAuthentication):
    """Find the caller; a key that is unknown, over, or another host's is refused in the same words."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        caller = self.caller(request, secret.strip()) if scheme.lower() == SCHEME else None
        if caller is None or not self.is_admitted(request):
            raise AuthenticationFailed(_("This key opens nothing here."))
        return caller, caller

    def caller(self, request: Request, secret: str) -> Caller | None:
        brand = request.brand  # type: ignore[attr-defined]
        return caller_of(secret, brand_id=brand.id if brand else None, now=clock.now())

    def is_admitted(self, request: Request) -> bool:
        """Tell whether programs may call from there: a key that was stolen opens nothing elsewhere."""
        brand = request.brand  # type: ignore[attr-defined]
        rules = rules_of_programs(brand.id if brand else None)
        return rules.admits(where(request._request).address)

    def authenticate_header(self, request: Request) -> str:
        return REALM


class HasScope(BasePermission):
    """Let a key do what one of its scopes says; a view names a scope for each method, "" for any key."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, Caller):
            return False
        method = "GET" if request.method == "HEAD" else request.method
        wanted = view.scopes.get(method)
        if wanted is None:  # a method that the view does not take is answered 405, not 403
            return method not in view.allowed_methods
        self.message = _("This key may not do that; it takes the scope %(scope)s.") % {"scope": wanted}
        return not wanted or wanted in request.auth.scopes


class KeyThrottle(BaseThrottle):
    """So many reads, and so many writes, by one key in a minute."""

    def allow_request(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, Caller):
            return True
        kind, limit = ("read", READS) if request.method in READING else ("write", WRITES)
        return ratelimit.hit(f"api:{request.auth.key_id}:{kind}", limit=limit, seconds=WINDOW_SECONDS)

    def wait(self) -> float:
        return WINDOW_SECONDS
