"""API keys: a client's on its tab, the provider's at `/keys/`. A secret is shown once, when it is made."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.keys import actions
from accounts.keys.access import keys_of
from accounts.keys.actions import NewKey
from accounts.permissions import Permission
from core import clock
from core.refusals import refusals
from desk.console.access import client_of_page, console_page
from desk.console.answers import said
from desk.console.key_forms import KeyForm
from desk.console.tabs import tab_context
from tenants.calls import digest_of, idempotent
from tenants.scope import labour_scope
from tenants.values import BrandCard

PAGE = 25
METHODS = ["GET", "HEAD", "POST"]


@console_page(Permission.KEYS)
@require_http_methods(METHODS)
def keys(request: SignedInRequest, slug: str) -> HttpResponse:
    """A client's keys; POST makes one and shows its secret, this once."""
    return _keys(request, client_of_page(slug))


@console_page(Permission.PROVIDER_KEYS)
@require_http_methods(METHODS)
def provider_keys(request: SignedInRequest) -> HttpResponse:
    """The same for the keys of the provider's own programs."""
    return _keys(request, None)


@console_page(Permission.KEYS)
@require_POST
def revoke(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """End a client's key at once."""
    return _revoke(request, client_of_page(slug), ref)


@console_page(Permission.PROVIDER_KEYS)
@require_POST
def revoke_provider(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """End one of the provider's keys at once."""
    return _revoke(request, None, ref)


def _keys(request: SignedInRequest, client: BrandCard | None) -> HttpResponse:
    brand_id = client.id if client else None
    if request.method != "POST":
        return _page(request, client, KeyForm(brand_id=brand_id))
    form = KeyForm(request.POST, brand_id=brand_id)
    if not form.is_valid():
        return _page(request, client, form, status=422)
    with refusals(form, None) as refused:
        made = _made(request, form, brand_id)
    if refused.status:
        return _page(request, client, form, status=refused.status)
    if made is None:
        messages.info(
            request, _("This key was made already. Its secret was shown once, in the first answer.")
        )
        return _back(client)
    return _page(request, client, KeyForm(brand_id=brand_id), made=made, status=201)


def _made(request: SignedInRequest, form: KeyForm, brand_id: int | None) -> NewKey | None:
    """Make the key; None when this very form made it before."""
    said, now, actor = form.cleaned_data, clock.now(), request.actor
    body = repr((brand_id, said["name"], said["days"], sorted(said["scopes"]))).encode()
    with transaction.atomic():
        call = idempotent(str(said["call"]), actor=actor.who, route="console.keys", digest=digest_of(body))
        if call.ref is not None:
            return None
        made = actions.create_key(
            said["name"], scopes=said["scopes"], brand_id=brand_id, expires_at=form.expires_at(now),
            created_by=actor.user_id, actor=actor.who, now=now,
        )  # fmt: skip
        call.settle(made.ref)
    return made


def _revoke(request: SignedInRequest, client: BrandCard | None, ref: UUID) -> HttpResponse:
    brand_id = client.id if client else None
    with said(request, _("Revoked. The key opens nothing any more.")):
        actions.revoke_key(ref, brand_id=brand_id, actor=request.actor.who, now=clock.now())
    return _back(client)


def _page(
    request: SignedInRequest, client: BrandCard | None, form: KeyForm, *, made: NewKey | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    with labour_scope():
        page = Paginator(keys_of(client.id if client else None), PAGE).get_page(request.GET.get("page"))
        page.object_list = list(page.object_list)
    context: dict[str, Any] = {
        "form": form,
        "made": made,
        "page": page,
        "now": clock.now(),
        "here": _path(client),
    }
    if client is None:
        return render(request, "console/keys_provider.html", context, status=status)
    return render(request, "console/keys.html", tab_context(client, "keys") | context, status=status)


def _path(client: BrandCard | None) -> str:
    return reverse("console:keys", args=(client.slug,)) if client else reverse("console:keys-provider")


def _back(client: BrandCard | None) -> HttpResponse:
    return HttpResponseRedirect(_path(client), status=303)
