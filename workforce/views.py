"""The page behind the link to a first password, on the provider's host."""

from typing import cast

from allauth.account.utils import perform_login
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.forms import NewPersonForm
from accounts.http import Request
from accounts.models import User
from core import clock, ratelimit
from core.addresses import address_of
from core.views import too_many
from workforce.errors import WelcomeRefused
from workforce.staff import welcome as welcomes

WINDOW_SECONDS = 300
PER_ADDRESS = 120  # a whole shift may begin from one address


class PasswordForm(NewPersonForm):
    """The password alone: who they are is written down already."""

    name = None  # type: ignore[assignment]


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: Request, token: str) -> HttpResponse:
    """Let a new person choose a password, and sign them in."""
    address = address_of(request)
    if address and not ratelimit.hit(f"welcome-from:{address}", limit=PER_ADDRESS, seconds=WINDOW_SECONDS):
        return too_many(request)
    try:
        response = _answer(request, token)
    except WelcomeRefused as error:
        response = render(request, "workforce/welcome_refused.html", {"error": error}, status=error.status)
    response.headers["Referrer-Policy"] = "no-referrer"  # the address holds the token
    return response


def _answer(request: Request, token: str) -> HttpResponse:
    user = welcomes.look_at(token, now=clock.now())
    if request.method != "POST":
        return _page(request, user, PasswordForm())
    form = PasswordForm(request.POST, email=user.email)
    if not form.is_valid():
        return _page(request, user, form, status=422)
    try:
        user = welcomes.use(token, password=form.cleaned_data["password"], now=clock.now())
    except ValidationError as error:
        form.add_error("password", error)
        return _page(request, user, form, status=422)
    return cast(HttpResponse, perform_login(request, user, redirect_url="/", email=user.email))


def _page(request: Request, user: User, form: PasswordForm, *, status: int = 200) -> HttpResponse:
    return render(request, "workforce/welcome.html", {"person": user, "form": form}, status=status)
