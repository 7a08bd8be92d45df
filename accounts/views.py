"""Sign-in, sign-out, and where each role lands."""

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import tickets
from accounts.access import require_user
from accounts.actor import Actor
from accounts.clothes import brand_ahead, own_host_ahead
from accounts.forms import SignInForm
from accounts.hosts import brand_url, handoff_path, safe_path
from accounts.http import Request, SignedInRequest
from accounts.permissions import CONSOLE, Permission
from core import clock
from core.csp import policy
from tenants.audit import audit
from tenants.cards import BrandCard, card_by_id

REPORT = "/report/"
SHOP = "/shop/"


class SignInView(LoginView):  # type: ignore[misc]
    """E-mail and password on the provider's host; wears the brand's name and hue when it leads to a brand."""

    form_class = SignInForm

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """Let the form lead on to a host of the client's own: form-action holds for redirects too."""
        response: HttpResponse = super().render_to_response(context, **kwargs)
        if onward := own_host_ahead(self.request):
            setattr(response, "csp", {"form-action": f"{policy(self.request)['form-action']} {onward}"})  # noqa: B010
        return response

    def form_invalid(self, form: Form) -> HttpResponse:
        tired = form.has_error(NON_FIELD_ERRORS, "too_many_login_attempts")
        context = self.get_context_data(form=form)
        return self.render_to_response(context, status=429 if tired else 422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        brand = brand_ahead(self.request)
        following = safe_path(self.request.POST.get("next") or self.request.GET.get("next"), "")
        return context | {"brand": brand, "following": following, "demo_signins": demo_signins(brand)}


@never_cache
@require_POST
def sign_out(request: Request) -> HttpResponse:
    """End this session and the ones it was handed on to."""
    if request.actor:
        tickets.end_sessions(request.session.session_key or "")
        audit("session.closed", actor=request.actor.who, now=clock.now())
        logout(request)
    return HttpResponseRedirect("/accounts/login/")


@never_cache
@require_safe
@require_user
def landing(request: SignedInRequest) -> HttpResponse:
    """Send each role to its first screen."""
    if request.actor.agent_id:
        return HttpResponseRedirect("/desk/")
    reports = _brands_with_report(request.actor)
    if len(reports) == 1 and request.actor.brands_with(*CONSOLE) == ():
        return HttpResponseRedirect(handoff_path(reports[0].slug, REPORT))
    return HttpResponseRedirect("/clients/")


@never_cache
@require_safe
@require_user
def clients(request: SignedInRequest) -> HttpResponse:
    """List who reads reports their brands, each with what of it they can open.

    Whoever may open anything of a client in the console has the console's list.
    """
    cards = _brands_with_report(request.actor)
    rows, hues = [_row(request, card) for card in cards], [card.hue for card in cards]
    context = {"rows": rows, "hues": hues, "here": "clients"}
    return render(request, "accounts/clients.html", context)


def demo_signins(brand: BrandCard | None) -> list[dict[str, str]]:
    """Return who may try the demo world; a page that wears a brand names none but that brand's people.

    `settings.DEMO_SIGNINS` is the dotted path of a function that returns a list of {"name", "what", "email",
    "password", "brand"}, `brand` being a slug, or "" for the provider's people.
    """
    path = getattr(settings, "DEMO_SIGNINS", "")
    people: list[dict[str, str]] = import_string(path)() if settings.DEMO and path else []
    return [person for person in people if brand is None or person["brand"] == brand.slug]


def _brands_with_report(actor: Actor) -> list[BrandCard]:
    """Return the brands whose report a seat in the brand itself opens."""
    return [card for card in map(card_by_id, actor.brands_with(Permission.REPORT) or ()) if card]


def _row(request: SignedInRequest, card: BrandCard) -> dict[str, Any]:
    """{"card", "host", "shop_url", "report_path"}; report_path is "" for who has no seat that opens it."""
    seated = request.actor.can(Permission.REPORT, card.id)
    return {
        "card": card,
        "host": brand_url(request, card.slug, "").partition("://")[2],
        "shop_url": brand_url(request, card.slug, SHOP),
        "report_path": handoff_path(card.slug, REPORT) if seated else "",
    }
