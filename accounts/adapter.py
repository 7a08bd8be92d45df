"""allauth's seams: no sign-up, sign-in on the provider's host only, counted attempts, audited outcomes."""

import hashlib
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access import HOME_SESSION_KEY, actor_for
from accounts.actions import access_changed
from accounts.clothes import brand_of_person
from accounts.hosts import PROVIDER, public_url
from accounts.mails import hours
from accounts.models import normalise_email
from accounts.security import locks, signins
from accounts.security.errors import TriesSpent
from accounts.security.gate import FACTOR_SESSION_KEY, OPENED_SESSION_KEY
from accounts.security.middleware import where
from accounts.security.rules import rules_of
from core import clock, ratelimit
from core.addresses import address_of
from core.dates import dated
from tenants.audit import audit
from tenants.mail.actions import queue_mail
from tenants.mail.kinds import UnknownKind

RESET_MAIL = "account/email/password_reset_key"
WINDOW_SECONDS = 300
PER_EMAIL_AND_ADDRESS = 20
PER_EMAIL = 50
FAILURES_FROM_ADDRESS = 10
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

    def get_login_stages(self) -> list[str]:
        """Ask for the second step after the password; allauth's own stage would load what only keys need."""
        return ["accounts.mfa.stage.SecondStep"]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Let nobody try who tried too often; known and unknown addresses are told the same."""
        email, address = credentials.get("email", ""), address_of(request)
        if not is_attempt_allowed(email, address):
            raise self.validation_error("too_many_login_attempts")
        try:
            locks.check(*limits_of(email, address), now=clock.now())
        except TriesSpent as error:
            raise ValidationError(str(error.message), code="too_many_login_attempts") from error

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Return the user whose password it is; someone who may not sign in looks like a wrong password."""
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is None or not user.is_active:
            return None
        locks.forget(*limits_of(credentials.get("email", ""), address_of(request)))
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        email, now = normalise_email(credentials.get("email", ""))[:254], clock.now()
        audit("session.refused", actor="nobody", object=email, reason="password", now=now)
        locks.note_failure(limits_of(email, address_of(request)), email=email, who=email, now=now)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Open the session, as allauth does, and put it on its owner's list."""
        if getattr(request, "brand", None) is not None:
            raise Http404
        super().login(request, user)
        now, factor = clock.now(), getattr(request, "second_factor", "")
        request.session[HOME_SESSION_KEY] = PROVIDER
        request.session[OPENED_SESSION_KEY] = now.timestamp()
        if factor:
            request.session[FACTOR_SESSION_KEY] = factor
        signins.begin(
            request.session.session_key or "",
            user_id=user.pk,
            brand_id=None,
            place=where(request),
            opened_at=now,
            second_factor=factor,
            now=now,
        )
        if not factor:
            tell_of_grace(request, user.pk, now=now)
        diff = {"second_factor": factor} if factor else {}
        audit("session.opened", actor=f"user:{user.pk}", diff=diff, now=now)


def tell_of_grace(request: HttpRequest, user_id: int, *, now: datetime) -> None:
    """Tell who signs in without a second step from which day on one of their roles asks for it."""
    actor = actor_for(user_id, now=now)
    day = rules_of(actor.held).second_factor_from if actor else None
    if actor and day and day > now:
        words = _("From %(day)s on your role asks for a second step. Set it up: Your account, in your menu.")
        shown = dated(day.astimezone(ZoneInfo(actor.timezone)), "j F")
        messages.warning(request, words % {"day": shown})


def is_attempt_allowed(email: str, address: str | None) -> bool:
    """Count an attempt to sign in; False once the person, or the address it comes from, tried too often.

    Without an address (None) only the person is counted: it would be one of many people's. What counts here
    is lost with Valkey; `limits_of` are kept.
    """
    person = hashlib.sha256(normalise_email(email).encode()).hexdigest()[:32]
    limits = {f"login:{person}": PER_EMAIL}
    if address is not None:
        limits |= {f"login:{person}:{address}": PER_EMAIL_AND_ADDRESS, f"login-from:{address}": PER_ADDRESS}
    return all([ratelimit.hit(key, limit=most, seconds=WINDOW_SECONDS) for key, most in limits.items()])


def limits_of(email: str, address: str | None) -> dict[str, int]:
    """Return after how many failures in a row what is locked: the person, and the person from there."""
    email = normalise_email(email)
    limits = {locks.digest_of("person", email): PER_EMAIL}
    if address is not None:
        limits[locks.digest_of("person from", email, address)] = FAILURES_FROM_ADDRESS
    return limits
