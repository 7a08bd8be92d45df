"""allauth's seams: no sign-up, sign-in on the provider's host only, counted attempts, audited outcomes."""

import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access import HOME_SESSION_KEY
from accounts.actions import access_changed
from accounts.clothes import brand_of_person
from accounts.hosts import PROVIDER, public_url
from accounts.mails import hours
from accounts.models import normalise_email
from core import clock, ratelimit
from core.addresses import address_of
from tenants.audit import audit
from tenants.mail.actions import queue_mail
from tenants.mail.kinds import UnknownKind

RESET_MAIL = "account/email/password_reset_key"
WINDOW_SECONDS = 300
PER_EMAIL_AND_ADDRESS = 20
PER_EMAIL = 50
PER_ADDRESS = 300  # a whole shift signs in from one address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the page that follows a sign-in speaks for itself."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Promise allauth's one mail that we know through our outbox. Raises UnknownKind for any other."""
        if template_prefix != RESET_MAIL:
            raise UnknownKind(template_prefix)
        user, link = context["user"], context["password_reset_url"]
        queue_mail(
            "password_reset",
            to=user.email,
            context={"link": link, "email": user.email, "hours": hours()},
            brand=brand_of_person(user.pk),
            key=f"password_reset:{user.pk}:{hashlib.sha256(link.encode()).hexdigest()[:32]}",
            language=user.language,
            now=clock.now(),
        )

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the mail's link, made of the settings: a request's Host header never gets into a mail."""
        uid, _, temporary = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": temporary})
        return public_url(path)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Set it, write that down, and have the user's sockets check again: their sessions have ended."""
        super().set_password(user, password)
        who = f"user:{user.pk}"
        audit("user.password_changed", actor=who, object=who, now=clock.now())
        access_changed(user.pk)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        if not is_attempt_allowed(credentials.get("email", ""), address_of(request)):
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Return the user whose password it is; someone who may not sign in looks like a wrong password."""
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        return user if user and user.is_active else None

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        who = normalise_email(credentials.get("email", ""))[:254]
        audit("session.refused", actor="nobody", object=who, reason="password", now=clock.now())

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        if getattr(request, "brand", None) is not None:
            raise Http404
        super().login(request, user)
        request.session[HOME_SESSION_KEY] = PROVIDER
        audit("session.opened", actor=f"user:{user.pk}", now=clock.now())


def is_attempt_allowed(email: str, address: str | None) -> bool:
    """Count an attempt to sign in; False once the person, or the address it comes from, tried too often.

    Without an address (None) only the person is counted: it would be one of many people's.
    """
    person = hashlib.sha256(normalise_email(email).encode()).hexdigest()[:32]
    limits = {f"login:{person}": PER_EMAIL}
    if address is not None:
        limits |= {f"login:{person}:{address}": PER_EMAIL_AND_ADDRESS, f"login-from:{address}": PER_ADDRESS}
    return all([ratelimit.hit(key, limit=most, seconds=WINDOW_SECONDS) for key, most in limits.items()])
