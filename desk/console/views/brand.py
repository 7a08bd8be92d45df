"""How a client is called, looks and sounds: settings, logo, greeting, and a way back from the last change."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound, RoomError
from desk.console.access import client_of_page, client_scope, console_page
from desk.console.brand_forms import BrandForm, GreetingForm, LogoForm
from desk.console.tabs import tab_context
from interactions.actions import set_greeting
from interactions.greetings import greeting_of
from tenants.actions import change_brand
from tenants.clients import legal_name_of
from tenants.look import actions
from tenants.trail.wording import changes_of
from tenants.values import BrandCard


@console_page(Permission.BRAND)
@require_http_methods(["GET", "HEAD", "POST"])
def brand(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show all of it; save the settings."""
    client = client_of_page(slug)
    if request.method != "POST":
        return _page(request, client)
    form = BrandForm(request.POST, card=client, legal_name=legal_name_of(client.id))
    if not form.is_valid():
        return _page(request, client, status=422, form=form)
    change_brand(client.id, actor=request.actor.who, now=clock.now(), **form.cleaned_data)
    messages.success(request, _("Saved. Open pages show it when they are loaded again."))
    return _back(client)


@console_page(Permission.BRAND)
@require_POST
def logo(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show another logo."""
    client, form = client_of_page(slug), LogoForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, client, status=422, logo_form=form)
    upload = form.cleaned_data["logo"]
    try:
        data = upload.read(actions.MOST_READ)
        actions.set_logo(client.id, data=data, actor=request.actor.who, now=clock.now())
    except NotFound:
        raise
    except RoomError as error:
        form.add_error("logo", str(error.message))
        return _page(request, client, status=error.status, logo_form=form)
    messages.success(request, _("The logo is shown from now on."))
    return _back(client)


@console_page(Permission.BRAND)
@require_POST
def remove_logo(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the letter again."""
    client = client_of_page(slug)
    actions.remove_logo(client.id, actor=request.actor.who, now=clock.now())
    messages.success(request, _("Removed. The first letter is shown."))
    return _back(client)


@console_page(Permission.BRAND)
@require_POST
def greeting(request: SignedInRequest, slug: str) -> HttpResponse:
    """Greet visitors in other words."""
    client = client_of_page(slug)
    form = GreetingForm(request.POST, card=client, said={})
    if not form.is_valid():
        return _page(request, client, status=422, greeting_form=form)
    with client_scope(request.actor, client, to=Permission.BRAND):
        changed = set_greeting(form.greeting(), actor=request.actor.who, now=clock.now())
    messages.success(
        request, _("Saved. The next visitor reads it.") if changed else _("Nothing was changed.")
    )
    return _back(client)


@console_page(Permission.BRAND)
@require_POST
def restore(request: SignedInRequest, slug: str, change: int) -> HttpResponse:
    """Take the last change of the settings or the logo back."""
    client = client_of_page(slug)
    try:
        actions.restore(client.id, change=change, actor=request.actor.who, now=clock.now())
    except NotFound:
        raise
    except RoomError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Taken back: it is as it was before."))
    return _back(client)


def _page(request: SignedInRequest, client: BrandCard, *, status: int = 200, **forms: Any) -> HttpResponse:
    form = forms.get("form") or BrandForm(card=client, legal_name=legal_name_of(client.id))
    last = actions.last_change(client.id)
    context: dict[str, Any] = {
        "form": form,
        "logo_form": forms.get("logo_form") or LogoForm(),
        "greeting_form": forms.get("greeting_form") or _greeting_form(request, client),
        "last": last and last | {"changes": changes_of(last["diff"])},
    }
    context = tab_context(client, "brand") | context
    context["hues"] = sorted({client.hue, *(hue for hue, _name, _chosen in form.hues)})
    return render(request, "console/brand.html", context, status=status)


def _greeting_form(request: SignedInRequest, client: BrandCard) -> GreetingForm:
    with client_scope(request.actor, client, to=Permission.BRAND):
        said = greeting_of(client.locales)
    return GreetingForm(card=client, said=said)


def _back(client: BrandCard) -> HttpResponse:
    return HttpResponseRedirect(reverse("console:brand", args=(client.slug,)), status=303)
