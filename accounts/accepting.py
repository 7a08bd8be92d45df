"""The page behind an invitation's link, on the provider's host: it wears the brand it invites to."""

from typing import cast

from allauth.account.utils import perform_login
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import invitations
from accounts.errors import EmailTaken, InvitationRefused
from accounts.forms import NewPersonForm
from accounts.hosts import with_next
from accounts.http import Request
from accounts.invitations import Invited
from accounts.models import User
from core import clock, ratelimit
from core.addresses import address_of
from core.views import too_many

WINDOW_SECONDS = 300
PER_ADDRESS = 120  # a whole office may accept from one address


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: Request, token: str) -> HttpResponse:
    """Show what the invitation is for; accept it for who is signed in, or for a new person."""
    if not _may_try(request):
        return too_many(request)
    try:
        invited = invitations.look_at(token, actor=request.actor, now=clock.now())
        response = _answer(request, token, invited)
    except InvitationRefused as error:
        response = _refused(request, token, error)
    response.headers["Referrer-Policy"] = "no-referrer"  # the address holds the token
    return response


def _answer(request: Request, token: str, invited: Invited) -> HttpResponse:
    if request.method != "POST":
        return _page(request, token, invited, NewPersonForm())
    if request.actor:
        invitations.accept_as(token, actor=request.actor, now=clock.now())
        return HttpResponseRedirect("/")
    if invited.known:
        return _page(request, token, invited, NewPersonForm(), status=422)
    return _accept_as_new(request, token, invited)


def _accept_as_new(request: Request, token: str, invited: Invited) -> HttpResponse:
    form = NewPersonForm(request.POST, email=invited.email)
    if not form.is_valid():
        return _page(request, token, invited, form, status=422)
    name, password = form.cleaned_data["name"], form.cleaned_data["password"]
    try:
        user = invitations.accept_as_new(token, name=name, password=password, now=clock.now())
    except EmailTaken:  # somebody made this person meanwhile: they sign in
        known = invitations.look_at(token, actor=None, now=clock.now())
        return _page(request, token, known, form, status=422)
    return _signed_in(request, user)


def _signed_in(request: Request, user: User) -> HttpResponse:
    """Sign the new person in, by the steps that every sign-in takes."""
    return cast(HttpResponse, perform_login(request, user, redirect_url="/", email=user.email))


def _page(
    request: Request, token: str, invited: Invited, form: NewPersonForm, *, status: int = 200
) -> HttpResponse:
    here = f"/invitations/{token}/"
    context = {
        "invited": invited,
        "brand": invited.brand,
        "form": form,
        "sign_in": with_next("/accounts/login/", here),
    }
    return render(request, "accounts/invitation.html", context, status=status)


def _refused(request: Request, token: str, error: InvitationRefused) -> HttpResponse:
    context = {"error": error, "brand": invitations.brand_of(token), "product": None}
    return render(request, "accounts/invitation_refused.html", context, status=error.status)


def _may_try(request: Request) -> bool:
    """Count a try at a token; without an address nobody is counted."""
    address = address_of(request)
    key = f"invitation-from:{address}"
    return address is None or ratelimit.hit(key, limit=PER_ADDRESS, seconds=WINDOW_SECONDS)
