"""A client's mail: whom it is from, what it looks like, whether it gets through, what became of it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock, ratelimit
from core.ids import new_ref
from desk.console.access import client_of_page, console_page, known_as
from desk.console.answers import said
from desk.console.mail_forms import IdentityForm, TestForm
from desk.console.tabs import tab_context
from tenants.audit import audit
from tenants.mail import actions
from tenants.mail.choices import RESENDABLE
from tenants.mail.identity import has_server, identity_of
from tenants.mail.kinds import MailKind, all_kinds, title_of
from tenants.mail.models import SystemMail
from tenants.mail.pictures import with_pictures
from tenants.mail.preview import preview
from tenants.mail.shown import framed
from tenants.values import BrandCard

PAGE = 25
TESTS_AN_HOUR = 20
FIRST_KIND = "invitation"
NAMES = dict(settings.LANGUAGES)


@console_page(Permission.MAIL)
@require_http_methods(["GET", "HEAD", "POST"])
def mail(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show identity, preview, test and log; save the identity."""
    client = client_of_page(slug)
    identity = identity_of(client)
    if request.method != "POST":
        return _page(request, client, identity=IdentityForm(identity=identity))
    form = IdentityForm(request.POST, identity=identity)
    if not form.is_valid():
        return _page(request, client, identity=form, status=422)
    actions.set_identity(client.id, values=form.values(), actor=request.actor.who, now=clock.now())
    messages.success(request, _("Saved. Mails that are written from now on are from this sender."))
    return _back(client)


@console_page(Permission.MAIL)
@require_safe
def show(request: SignedInRequest, slug: str) -> HttpResponse:
    """Give the preview's frame a sample mail with the identity in the address, or the saved one."""
    client = client_of_page(slug)
    identity = identity_of(client)
    if request.GET.get("tried"):
        values = {**IdentityForm(identity=identity).initial, **request.GET.dict()}
        identity = IdentityForm(values, identity=identity).tried(identity)
    language = _language(request, client)
    written = preview(_kind(request, client), client, identity, language=language).written
    return framed(with_pictures(written.html, client.id))


@console_page(Permission.MAIL)
@require_POST
def test(request: SignedInRequest, slug: str) -> HttpResponse:
    """Send a test mail by the saved identity."""
    client, form = client_of_page(slug), TestForm(request.POST)
    if not form.is_valid():
        saved = IdentityForm(identity=identity_of(client))
        return _page(request, client, identity=saved, testing=form, status=422)
    if not ratelimit.hit(f"mail-test:{request.actor.who}", limit=TESTS_AN_HOUR, seconds=3600):
        messages.error(request, _("Enough tests for an hour. Wait a while, then try again."))
        return _back(client)
    _send_test(request, client, form.cleaned_data["to"])
    messages.success(request, _("The test mail is on its way. The list below says what becomes of it."))
    return _back(client)


@console_page(Permission.MAIL)
@require_POST
def again(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Send a mail again that was refused, given up, or perhaps sent."""
    client = client_of_page(slug)
    with said(request, _("It is on its way again.")):
        actions.send_again(ref, brand_id=client.id, actor=request.actor.who, now=clock.now())
    return _back(client)


def _send_test(request: SignedInRequest, client: BrandCard, to: str) -> None:
    now = clock.now()
    actions.queue_mail(
        "test",
        to=to,
        context={"asked_by": known_as(request.actor, client)},
        brand=client,
        key=f"test:{new_ref(now)}",
        language=request.actor.language,
        now=now,
    )
    audit("mail.tested", actor=request.actor.who, brand_id=client.id, object=f"brand:{client.id}", now=now)


def _page(
    request: SignedInRequest,
    client: BrandCard,
    *,
    identity: IdentityForm,
    testing: TestForm | None = None,
    status: int = 200,
) -> HttpResponse:
    kind = _kind(request, client)
    rows = Paginator(SystemMail.objects.of_brand(client.id).listed(), PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "form": identity,
        "testing": testing or TestForm(initial={"to": request.actor.email}),
        "kinds": [one for one in all_kinds() if one.may_wear(client)],
        "kind": kind,
        "languages": [(code, NAMES[code]) for code in _languages(client)],
        "chosen": _language(request, client),
        "page": rows,
        "mails": [_row(row) for row in rows],
        "demo": settings.DEMO,
        "has_server": has_server(client.id),
    }
    response = render(request, "console/mail.html", tab_context(client, "mail") | context, status=status)
    setattr(response, "csp", {"frame-src": "'self'"})  # noqa: B010 - unknown to HttpResponse
    return response


def _row(mail: SystemMail) -> dict[str, Any]:
    """{"mail", "title", "may_resend"}"""
    return {"mail": mail, "title": title_of(mail.kind), "may_resend": mail.state in RESENDABLE}


def _kind(request: SignedInRequest, client: BrandCard) -> MailKind:
    """Return the kind that the preview shows: the one asked for, else the first."""
    kinds = {kind.name: kind for kind in all_kinds() if kind.may_wear(client)}
    return kinds.get(request.GET.get("kind", ""), kinds.get(FIRST_KIND, next(iter(kinds.values()))))


def _languages(client: BrandCard) -> list[str]:
    """Return the client's languages that mails have their words in, its first one first; never none."""
    return [code for code in client.locales if code in settings.MAIL_LANGUAGES] or [settings.LANGUAGE_CODE]


def _language(request: SignedInRequest, client: BrandCard) -> str:
    """Return the language that the preview shows: the one asked for, else the client's first."""
    spoken, asked = _languages(client), request.GET.get("language", "")
    return asked if asked in spoken else spoken[0]


def _back(client: BrandCard) -> HttpResponse:
    return HttpResponseRedirect(reverse("console:mail", args=(client.slug,)), status=303)
