"""The screens of second steps, on the provider's host: at the sign-in, and in "Your account"."""

from typing import Any
from urllib.parse import quote

from allauth.account.adapter import get_adapter
from allauth.account.stages import LoginStageController
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import require_user
from accounts.clothes import brand_on_the_way, own_host_on_the_way
from accounts.hosts import safe_path
from accounts.http import Request, SignedInRequest
from accounts.mfa import ceremonies, factors, totp
from accounts.mfa.adapter import issuer_of
from accounts.mfa.forms import CodeForm, KeyForm, PasswordForm, StepForm
from accounts.mfa.fresh import fresh_password, note_password, person_of
from accounts.mfa.stage import SecondStep
from accounts.security import signins
from accounts.security.gate import FACTOR_SESSION_KEY
from core import clock
from core.csp import policy
from core.errors import RoomError
from core.secrets import SecretError, seal, unseal

SECRET_SESSION_KEY = "second_step"  # noqa: S105 - the name of a place
SECRET_PLACE = "session.second_step"  # noqa: S105
PAGE = ["GET", "HEAD", "POST"]


@never_cache
@sensitive_post_parameters("code", "credential")
@require_http_methods(PAGE)
def second_step(request: Request) -> HttpResponse:
    """Ask for the second step of a sign-in; without one under way, to its beginning."""
    stage = LoginStageController.enter(request, SecondStep.key) if request.actor is None else None
    if stage is None:
        return HttpResponseRedirect("/" if request.actor else reverse("account_login"))
    if request.method != "POST":
        return _ask(request, stage, StepForm())
    form = StepForm(request.POST if "code" in request.POST else None)
    try:
        kind = _taken(request, stage.login.user, form)
    except RoomError as error:
        form.add_error(None, str(error.message)) if form.is_bound else None
        words = "" if form.is_bound else str(error.message)
        return _ask(request, stage, form, status=error.status, words=words)
    if not kind:
        return _ask(request, stage, form, status=422)
    setattr(request, "second_factor", kind)  # noqa: B010 - for accounts.adapter.login
    return stage.exit()  # type: ignore[no-any-return]


def _taken(request: Request, user: Any, form: StepForm) -> str:
    """Return which step was passed, "" for a form that says nothing."""
    if "credential" in request.POST:
        credential = ceremonies.answer_of(request, request.POST["credential"][:20_000])
        return factors.use_key(user, credential, now=clock.now())
    return factors.use_code(user, form.cleaned_data["code"], now=clock.now()) if form.is_valid() else ""


def _ask(request: Request, stage: Any, form: StepForm, *, status: int = 200, words: str = "") -> HttpResponse:
    user, onward = stage.login.user, safe_path(stage.login.redirect_url)
    known = factors.factors_of(user.pk)
    context: dict[str, Any] = {
        "form": form,
        "words": words,
        "known": known,
        "asked": ceremonies.challenge_of(user) if known.keys else None,
        "brand": brand_on_the_way(onward),
    }
    response = render(request, "accounts/security/second_step.html", context, status=status)
    if host := own_host_on_the_way(request, onward):
        setattr(response, "csp", {"form-action": f"{policy(request)['form-action']} {host}"})  # noqa: B010
    return response


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(PAGE)
@require_user
def confirm(request: SignedInRequest) -> HttpResponse:
    """Ask for the password once more, then go on to `next`."""
    following = safe_path(request.POST.get("next") or request.GET.get("next"), reverse("security"))
    form = PasswordForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        status = _check_password(request, form)
        if status == 200:
            note_password(request)
            return HttpResponseRedirect(following)
    elif request.method == "POST":
        status = 422
    context = {"form": form, "following": following}
    return render(request, "accounts/security/confirm.html", context, status=status)


def _check_password(request: SignedInRequest, form: PasswordForm) -> int:
    """Return 200 for the right one; it is counted as a sign-in is."""
    credentials = {"email": request.actor.email, "password": form.cleaned_data["password"]}
    try:
        user = get_adapter(request).authenticate(request, **credentials)
    except ValidationError as error:
        form.add_error("password", error)
        return 429
    if user is None or user.pk != request.actor.user_id:
        form.add_error("password", _("The password is not right."))
        return 422
    return 200


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(PAGE)
@fresh_password
def app(request: SignedInRequest) -> HttpResponse:
    """Show an authenticator app its key; add it once it shows the right code."""
    user = person_of(request)
    if factors.factors_of(user.pk).app_since:
        return _back()
    secret, form = _pending_secret(request), CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = factors.add_app(user, secret=secret, code=form.cleaned_data["code"], now=clock.now())
        except RoomError as error:
            form.add_error("code", str(error.message))
        else:
            del request.session[SECRET_SESSION_KEY]
            return _done(request, str(factors.TYPES.TOTP), codes)
    width, path = totp.drawn(
        totp.address_of_secret(secret, label=request.actor.email, issuer=issuer_of(user))
    )
    context = {"form": form, "secret": totp.spaced(secret), "width": width, "path": path}
    status = 422 if form.errors else 200
    return render(request, "accounts/security/app.html", context, status=status)


@never_cache
@require_POST
@fresh_password
def remove_app(request: SignedInRequest) -> HttpResponse:
    """Ask for codes of the app no more."""
    factors.remove_app(person_of(request), now=clock.now())
    messages.success(request, _("Removed. Codes of the app open nothing any more."))
    return _back()


@never_cache
@require_http_methods(PAGE)
@fresh_password
def key(request: SignedInRequest) -> HttpResponse:
    """Add a security key or a passkey."""
    user, form = person_of(request), KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            credential = ceremonies.proven(request, said["credential"])
            codes = factors.add_key(user, name=said["name"], credential=credential, now=clock.now())
        except RoomError as error:
            form.add_error(None, str(error.message))
        else:
            return _done(request, str(factors.TYPES.WEBAUTHN), codes)
    context = {"form": form, "asked": ceremonies.registration_of(user)}
    return render(request, "accounts/security/key.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
@fresh_password
def rename_key(request: SignedInRequest, key_id: int) -> HttpResponse:
    """Call a key something else."""
    name = " ".join(request.POST.get("name", "").split())
    if not name or len(name) > factors.NAME_LENGTH:
        messages.error(request, _("A name has between 1 and 60 characters."))
        return _back()
    factors.rename_key(person_of(request), key_id, name=name, now=clock.now())
    messages.success(request, _("Renamed."))
    return _back()


@never_cache
@require_POST
@fresh_password
def remove_key(request: SignedInRequest, key_id: int) -> HttpResponse:
    """Let a key open nothing any more."""
    factors.remove_key(person_of(request), key_id, now=clock.now())
    messages.success(request, _("Removed. That key opens nothing any more."))
    return _back()


@never_cache
@require_POST
@fresh_password
def renew_codes(request: SignedInRequest) -> HttpResponse:
    """Make new recovery codes and show them, once."""
    return _codes(request, factors.renew_codes(person_of(request), now=clock.now()))


def _done(request: SignedInRequest, kind: str, codes: list[str] | None) -> HttpResponse:
    """To set a step up is to pass it; recovery codes are shown with the answer, once."""
    request.session[FACTOR_SESSION_KEY] = kind
    signins.mark_second_factor(request.session.session_key or "", kind=kind)
    if codes:
        return _codes(request, codes)
    messages.success(request, _("Added. The next sign-in asks for it."))
    return _back()


def _codes(request: SignedInRequest, codes: list[str]) -> HttpResponse:
    shown = [f"{code[:4]} {code[4:]}" for code in codes]
    text = "\r\n".join([_("Recovery codes of %(email)s") % {"email": request.actor.email}, "", *shown, ""])
    context = {"codes": shown, "file": f"data:text/plain;charset=utf-8,{quote(text)}"}
    return render(request, "accounts/security/codes.html", context, status=201)


def _pending_secret(request: SignedInRequest) -> str:
    """Return the key that this session is about to set up: the same on each visit, sealed while it waits."""
    try:
        return unseal(request.session[SECRET_SESSION_KEY], place=SECRET_PLACE)
    except (KeyError, SecretError):
        secret = factors.new_secret()
        request.session[SECRET_SESSION_KEY] = seal(secret, place=SECRET_PLACE)
        return secret


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("security"), status=303)
