"""A new password by mail: allauth's flow in our pages, our outbox (accounts.adapter) and our limits."""

import hashlib
from typing import Any, cast

from allauth.account.views import (
    PasswordResetDoneView,
    PasswordResetFromKeyDoneView,
    PasswordResetFromKeyView,
    PasswordResetView,
)
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.clothes import brand_ahead, brand_of_person
from accounts.forms import NewPasswordForm, ResetForm
from accounts.hosts import safe_path, with_next
from accounts.models import normalise_email
from core import ratelimit
from core.addresses import address_of
from core.views import too_many

WINDOW_SECONDS = 3600
PER_EMAIL = 5
PER_ADDRESS = 60


class Dressed:
    """A page that wears the brand it leads to, as the sign-in does, and answers bad input with 422.

    Where it knows of none it names nobody: a client's manager may be the one who reads it.
    """

    request: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        following = safe_path(self.request.POST.get("next") or self.request.GET.get("next"), "")
        sign_in = with_next("/accounts/login/", following) if following else "/accounts/login/"
        person = getattr(self, "reset_user", None)
        brand = brand_of_person(person.pk) if person else brand_ahead(self.request)
        return context | {"brand": brand, "product": None, "following": following, "sign_in": sign_in}

    def form_invalid(self, form: Form) -> HttpResponse:
        context = self.get_context_data(form=form)
        return cast(HttpResponse, self.render_to_response(context, status=422))  # type: ignore[attr-defined]


class AskView(Dressed, PasswordResetView):  # type: ignore[misc]
    """Ask for the address; what follows is the same whether somebody signs in with it or not."""

    form_class = ResetForm

    def form_valid(self, form: Form) -> HttpResponse:
        if not _may_ask(form.cleaned_data["email"], address_of(self.request)):
            return too_many(self.request)
        form.save(self.request)  # type: ignore[attr-defined]
        following, done = self.request.POST.get("next", ""), reverse("account_reset_password_done")
        return HttpResponseRedirect(with_next(done, safe_path(following)) if following else done)


class AskedView(Dressed, PasswordResetDoneView):  # type: ignore[misc]
    """Say that a mail is on its way, if somebody signs in with the address."""


class ChooseView(Dressed, PasswordResetFromKeyView):  # type: ignore[misc]
    """Choose the new password; a link that is spent or old says so."""

    form_class = NewPasswordForm

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        if context.get("token_fail"):
            kwargs["status"] = 410
        response = cast(HttpResponse, super().render_to_response(context, **kwargs))
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def get_success_url(self) -> str:
        return reverse("account_reset_password_from_key_done")


class ChosenView(Dressed, PasswordResetFromKeyDoneView):  # type: ignore[misc]
    """Say that the new password works."""


def _may_ask(email: str, address: str | None) -> bool:
    """Count a mail that somebody asks for; the limit by address spares who has none (core.addresses)."""
    person = hashlib.sha256(normalise_email(email).encode()).hexdigest()[:32]
    limits = {f"reset:{person}": PER_EMAIL}
    if address is not None:
        limits[f"reset-from:{address}"] = PER_ADDRESS
    return all([ratelimit.hit(key, limit=most, seconds=WINDOW_SECONDS) for key, most in limits.items()])
