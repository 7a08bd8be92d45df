"""How a client is called, looks and sounds: settings, logo, first words, and a way back."""

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
from core.refusals import refusals
from desk.console.access import client_of_page, client_scope, console_page
from desk.console.answers import said
from desk.console.brand_forms import BrandForm, LogoForm, TextsForm
from desk.console.tabs import tab_context
from interactions import actions as chat
from interactions.spoken import last_change_of_texts, texts_of
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
    with refusals(form, "logo") as refused:
        data = upload.read(actions.MOST_READ)
        actions.set_logo(client.id, data=data, actor=request.actor.who, now=clock.now())
    if refused.status:
        return _page(request, client, status=refused.status, logo_form=form)
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
def texts(request: SignedInRequest, slug: str) -> HttpResponse:
    """Meet visitors in other words."""
    client = client_of_page(slug)
    form = TextsForm(request.POST, card=client, said={})
    if not form.is_valid():
        return _page(request, client, status=422, texts_form=form)
    with client_scope(request.actor, client, to=Permission.BRAND):
        changed = chat.set_texts(form.texts(), actor=request.actor.who, now=clock.now())
    messages.success(
        request, _("Saved. The next visitor reads it.") if changed else _("Nothing was changed.")
    )
    return _back(client)


@console_page(Permission.BRAND)
@require_POST
def restore(request: SignedInRequest, slug: str, change: int) -> HttpResponse:
    """Take the last change of the settings or the logo back."""
    client = client_of_page(slug)
    with said(request, _("Taken back: it is as it was before.")):
        actions.restore(client.id, change=change, actor=request.actor.who, now=clock.now())
    return _back(client)


@console_page(Permission.BRAND)
@require_POST
def restore_texts(request: SignedInRequest, slug: str, change: int) -> HttpResponse:
    """Take the last change of the words back."""
    client = client_of_page(slug)
    scope = client_scope(request.actor, client, to=Permission.BRAND)
    with said(request, _("Taken back: it is as it was before.")), scope:
        chat.restore_texts(change, actor=request.actor.who, now=clock.now())
    return _back(client)


def _page(request: SignedInRequest, client: BrandCard, *, status: int = 200, **forms: Any) -> HttpResponse:
    form = forms.get("form") or BrandForm(card=client, legal_name=legal_name_of(client.id))
    with client_scope(request.actor, client, to=Permission.BRAND):
        spoken, last_texts = texts_of(client.locales), last_change_of_texts(client.id)
    context: dict[str, Any] = {
        "form": form,
        "logo_form": forms.get("logo_form") or LogoForm(),
        "texts_form": forms.get("texts_form") or TextsForm(card=client, said=spoken),
        "last": _told(actions.last_change(client.id), client, "brand-restore"),
        "last_texts": _told(last_texts, client, "brand-texts-restore"),
    }
    context = tab_context(client, "brand") | context
    context["hues"] = sorted({client.hue, *(hue for hue, _name, _chosen in form.hues)})
    return render(request, "console/brand.html", context, status=status)


def _told(last: dict[str, Any] | None, client: BrandCard, way_back: str) -> dict[str, Any] | None:
    """Return the change with its words and where it is taken back."""
    if last is None:
        return None
    restore = reverse(f"console:{way_back}", args=(client.slug, last["id"]))
    return last | {"changes": changes_of(last["diff"]), "restore": restore}


def _back(client: BrandCard) -> HttpResponse:
    return HttpResponseRedirect(reverse("console:brand", args=(client.slug,)), status=303)
