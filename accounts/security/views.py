""" "Your account": second steps, sessions, clock of who is signed in; what a page asks about its session."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import reading_of, require_user
from accounts.actions import change_reading
from accounts.forms import ReadingForm
from accounts.hosts import safe_path, with_next
from accounts.http import Request, SignedInRequest
from accounts.mfa.factors import factors_of
from accounts.security import signins
from accounts.security.gate import FACTOR_SESSION_KEY
from accounts.security.rules import rules_of
from core import clock


@never_cache
@require_safe
@require_user
def security(request: SignedInRequest) -> HttpResponse:
    """Show second steps and sessions; who must set a step up first goes on to `next` when that is done."""
    now, known = clock.now(), factors_of(request.actor.user_id)
    said = reading_of(request.actor.user_id)
    rules = rules_of(request.actor.held)
    passed = bool(request.session.get(FACTOR_SESSION_KEY))
    following = safe_path(request.GET.get("next"), "")
    must = rules.asks_second_factor(now) and not passed
    if must and known.any:  # set up in another session: this one has to show it
        logout(request)
        return HttpResponseRedirect(with_next(reverse("account_login"), following or "/"))
    if following and passed:
        return HttpResponseRedirect(following)
    if must and following:
        request.session["after_security"] = following
    context: dict[str, Any] = {
        "now": now,
        "known": known,
        "must": must,
        "asked_from": rules.second_factor_from if not known.any and not must else None,
        "onward": "" if must else request.session.pop("after_security", ""),
        "sessions": signins.sessions_of(request.actor.user_id, this=_key(request), now=now),
        "reading": ReadingForm(said, said=said, is_client=request.actor.is_client),
    }
    return render(request, "accounts/security/security.html", context)


@never_cache
@require_POST
@require_user
def read_by(request: SignedInRequest) -> HttpResponse:
    """Say by which clock one reads, and a client's people in which language."""
    actor, said = request.actor, reading_of(request.actor.user_id)
    form = ReadingForm(said | request.POST.dict(), said=said, is_client=actor.is_client)
    if form.is_valid():
        change_reading(actor.user_id, **said | form.cleaned_data, actor=actor.who, now=clock.now())
        messages.success(request, _("Saved. Times are by that clock now."))
    else:
        messages.error(request, _("That is no time zone or language to choose. Nothing was changed."))
    return HttpResponseRedirect(reverse("security"), status=303)


@never_cache
@require_POST
@require_user
def end(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """End one of one's sessions, there and on clients' hosts it opened."""
    actor = request.actor
    signins.end_session(ref, user_id=actor.user_id, actor=actor.who, now=clock.now())
    messages.success(request, _("Ended. Its pages are signed out."))
    return HttpResponseRedirect(reverse("security"), status=303)


@never_cache
@require_POST
@require_user
def end_others(request: SignedInRequest) -> HttpResponse:
    """End every session but this one and those it opened."""
    actor = request.actor
    count = signins.end_all(actor.user_id, but=_key(request), actor=actor.who, now=clock.now())
    words = ngettext("%(count)d session ended.", "%(count)d sessions ended.", count)
    messages.success(request, words % {"count": count})
    return HttpResponseRedirect(reverse("security"), status=303)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def session(request: Request) -> HttpResponse:
    """Tell a page how many seconds its session may still be idle: {"left"}, null without a rule.

    To ask is no act of a person; to post is one: "stay signed in", or the page's report of keys and clicks.
    """
    if request.actor is None:
        return JsonResponse({"left": 0}, status=401)
    minutes = rules_of(request.actor.held).idle_minutes
    left = signins.seconds_left(_key(request), idle_minutes=minutes, now=clock.now()) if minutes else None
    return JsonResponse({"left": left})


def _key(request: Request) -> str:
    return request.session.session_key or ""
