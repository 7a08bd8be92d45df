"""A client's own host names: add, prove, remove."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.hosts import brand_url
from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock, ratelimit
from core.refusals import refusals
from desk.console.access import client_of_page, console_page
from desk.console.host_forms import HostForm
from desk.console.tabs import tab_context
from tenants.domains import actions
from tenants.domains.names import shown
from tenants.domains.reading import hosts_of_client
from tenants.models import Domain
from tenants.values import BrandCard

CHECKS_AN_HOUR = 60


@console_page(Permission.HOSTS)
@require_http_methods(["GET", "HEAD", "POST"])
def hosts(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the client's host names; add one."""
    client = client_of_page(slug)
    if request.method != "POST":
        return _page(request, client, HostForm())
    form = HostForm(request.POST)
    if not form.is_valid():
        return _page(request, client, form, status=422)
    with refusals(form, "host") as refused:
        row = actions.add_domain(
            client.id, host=form.cleaned_data["host"], actor=request.actor.who, now=clock.now()
        )
    if refused.status:
        return _page(request, client, form, status=refused.status)
    text = _("Added. Now the client sets the two records of %(host)s below.")
    messages.success(request, text % {"host": shown(row.host)})
    return _back(client)


@console_page(Permission.HOSTS)
@require_POST
def check(request: SignedInRequest, slug: str, domain_id: int) -> HttpResponse:
    """Ask the name service whether the host is the client's."""
    client = client_of_page(slug)
    if not ratelimit.hit(f"host-check:{request.actor.who}", limit=CHECKS_AN_HOUR, seconds=3600):
        messages.error(request, _("Enough checks for an hour. Wait a while, then try again."))
        return _back(client)
    row = actions.check_domain(client.id, domain_id, actor=request.actor.who, now=clock.now())
    _say(request, row)
    return _back(client)


@console_page(Permission.HOSTS)
@require_POST
def remove(request: SignedInRequest, slug: str, domain_id: int) -> HttpResponse:
    """Serve the host no more."""
    client = client_of_page(slug)
    host = actions.remove_domain(client.id, domain_id, actor=request.actor.who, now=clock.now())
    messages.success(request, _("Removed: %(host)s is served no more.") % {"host": shown(host)})
    return _back(client)


def _say(request: SignedInRequest, row: Domain) -> None:
    host = {"host": shown(row.host)}
    code = row.answer["code"]
    if code == "found":
        messages.success(request, _("Verified: %(host)s is served from now on.") % host)
    elif code == "unreachable":
        messages.error(
            request, _("The name service gave no answer for %(host)s. Nothing was changed.") % host
        )
    else:
        messages.error(request, _("The record of %(host)s is not there yet: see below.") % host)


def _page(request: SignedInRequest, client: BrandCard, form: HostForm, *, status: int = 200) -> HttpResponse:
    base = f"{client.slug}.{settings.BASE_HOST}"
    context: dict[str, Any] = {
        "form": form,
        "hosts": hosts_of_client(client.id),
        "most": actions.MOST,
        "base_host": base,
        "base_url": brand_url(request, client.slug, "/"),
    }
    return render(request, "console/hosts.html", tab_context(client, "hosts") | context, status=status)


def _back(client: BrandCard) -> HttpResponse:
    return HttpResponseRedirect(reverse("console:hosts", args=(client.slug,)), status=303)
