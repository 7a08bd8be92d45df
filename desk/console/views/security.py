"""Sign-in security: the rules by role, of a client and of the provider; a person's sessions and locks."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.mfa import factors
from accounts.models import User
from accounts.permissions import Permission
from accounts.security import locks, policies, signins
from accounts.security.middleware import where
from core import clock
from core.errors import NotFound, RoomError
from desk.console.access import client_of_page, console_page
from desk.console.security_forms import PolicyForm, ResetForm
from desk.console.tabs import tab_context
from tenants.scope import labour_scope
from tenants.values import BrandCard

PAGE = 25


@console_page(Permission.SECURITY)
@require_safe
def security(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the rules of a client's roles."""
    return _page(request, client_of_page(slug))


@console_page(Permission.SECURITY)
@require_POST
def save(request: SignedInRequest, slug: str, role: str) -> HttpResponse:
    """Set the rules of one of a client's roles."""
    return _save(request, client_of_page(slug), role)


@console_page(Permission.SECURITY)
@require_POST
def restore(request: SignedInRequest, slug: str, role: str) -> HttpResponse:
    """Take the last change of a role's rules back."""
    return _restore(request, client_of_page(slug), role)


@console_page(Permission.PROVIDER_SECURITY)
@require_safe
def provider(request: SignedInRequest) -> HttpResponse:
    """Show the rules of the provider's roles; look people up."""
    return _page(request, None)


@console_page(Permission.PROVIDER_SECURITY)
@require_POST
def save_provider(request: SignedInRequest, role: str) -> HttpResponse:
    """Set the rules of one of the provider's roles."""
    return _save(request, None, role)


@console_page(Permission.PROVIDER_SECURITY)
@require_POST
def restore_provider(request: SignedInRequest, role: str) -> HttpResponse:
    """Take the last change of a role's rules back."""
    return _restore(request, None, role)


@console_page(Permission.PROVIDER_SECURITY)
@require_safe
def person(request: SignedInRequest, user_id: int) -> HttpResponse:
    """Show a person's second steps, lock and sessions."""
    return _person(request, _user(user_id), ResetForm())


@console_page(Permission.PROVIDER_SECURITY)
@require_POST
def end_session(request: SignedInRequest, user_id: int, ref: UUID) -> HttpResponse:
    """End one of a person's sessions."""
    user = _user(user_id)
    signins.end_session(ref, user_id=user.pk, actor=request.actor.who, now=clock.now())
    messages.success(request, _("Ended. Its pages are signed out."))
    return _back_to(user)


@console_page(Permission.PROVIDER_SECURITY)
@require_POST
def end_all(request: SignedInRequest, user_id: int) -> HttpResponse:
    """End all of a person's sessions; of one's own, all but this."""
    user = _user(user_id)
    own = request.session.session_key or "" if user.pk == request.actor.user_id else ""
    count = signins.end_all(user.pk, but=own, actor=request.actor.who, now=clock.now())
    words = ngettext("%(count)d session ended.", "%(count)d sessions ended.", count)
    messages.success(request, words % {"count": count})
    return _back_to(user)


@console_page(Permission.PROVIDER_SECURITY)
@require_POST
def unlock(request: SignedInRequest, user_id: int) -> HttpResponse:
    """Let a person who failed too often try again at once."""
    user = _user(user_id)
    locks.unlock(user.email, actor=request.actor.who, who=f"user:{user.pk}", now=clock.now())
    messages.success(request, _("Unlocked: the next attempt counts as the first."))
    return _back_to(user)


@console_page(Permission.PROVIDER_SECURITY)
@require_POST
def reset(request: SignedInRequest, user_id: int) -> HttpResponse:
    """Remove a person's second steps and end their sessions, for a reason."""
    user, form = _user(user_id), ResetForm(request.POST)
    if not form.is_valid():
        return _person(request, user, form, status=422)
    actor, reason = request.actor.who, form.cleaned_data["reason"]
    factors.reset(user.pk, actor=actor, reason=reason, now=clock.now())
    messages.success(request, _("Reset. The next sign-in takes the password alone."))
    return _back_to(user)


def _save(request: SignedInRequest, client: BrandCard | None, role: str) -> HttpResponse:
    form = _form(request, client, role, request.POST)
    if not form.is_valid():
        return _page(request, client, said=form, status=422)
    try:
        policies.set_policy(
            role,
            brand_id=client.id if client else None,
            **form.rules(),
            actor=request.actor,
            address=where(request).address,
            now=clock.now(),
        )
    except NotFound:
        raise
    except RoomError as error:
        form.add_error("networks", str(error.message))
        return _page(request, client, said=form, status=error.status)
    messages.success(request, _("Saved. Open pages are held to it from now on."))
    return _back(client)


def _restore(request: SignedInRequest, client: BrandCard | None, role: str) -> HttpResponse:
    how: dict[str, Any] = {"actor": request.actor, "address": where(request).address, "now": clock.now()}
    try:
        policies.restore_policy(role, brand_id=client.id if client else None, **how)
    except NotFound:
        raise
    except RoomError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Taken back: it is as it was before."))
    return _back(client)


def _form(request: SignedInRequest, client: BrandCard | None, role: str, data: Any = None) -> PolicyForm:
    """Raises NotFound for a role that is none there."""
    brand_id = client.id if client else None
    if role not in policies.roles_of(brand_id):
        raise NotFound
    row = policies.policies_of(brand_id).get(role)
    return PolicyForm(data, role=role, row=row, zone=request.actor.timezone, now=clock.now())


def _page(
    request: SignedInRequest, client: BrandCard | None, *, said: PolicyForm | None = None, status: int = 200
) -> HttpResponse:
    brand_id, now, zone = client.id if client else None, clock.now(), request.actor.timezone
    rows = policies.policies_of(brand_id)
    roles = [
        {
            "role": role,
            "name": name,
            "row": rows.get(role),
            "form": said
            if said and said.role == role
            else PolicyForm(role=role, row=rows.get(role), zone=zone, now=now),
        }
        for role, name in policies.roles_of(brand_id).items()
    ]
    context: dict[str, Any] = {"roles": roles, "address": where(request).address, "here": _path(client)}
    if client:
        context = tab_context(client, "security") | context
        return render(request, "console/security.html", context, status=status)
    context |= _people(request)
    return render(request, "console/security_provider.html", context, status=status)


def _people(request: SignedInRequest) -> dict[str, Any]:
    """Return whom the words asked for find: by name or address, everybody for none."""
    words = request.GET.get("q", "").strip()[:100]
    with labour_scope():
        found = User.objects.filter(Q(email__icontains=words) | Q(name__icontains=words)).order_by("email")
        page = Paginator(found.only("email", "name", "is_active"), PAGE).get_page(request.GET.get("page"))
        page.object_list = list(page.object_list)
    return {"page": page, "words": words}


def _person(request: SignedInRequest, user: User, form: ResetForm, *, status: int = 200) -> HttpResponse:
    now, this = clock.now(), request.session.session_key or ""
    context = {
        "person": user,
        "form": form,
        "known": factors.factors_of(user.pk),
        "locked_until": locks.locked_until(user.email, now=now),
        "sessions": signins.sessions_of(user.pk, this=this, now=now),
    }
    return render(request, "console/security_person.html", context, status=status)


def _user(user_id: int) -> User:
    with labour_scope():
        user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user


def _path(client: BrandCard | None) -> str:
    return (
        reverse("console:security", args=(client.slug,)) if client else reverse("console:security-provider")
    )


def _back(client: BrandCard | None) -> HttpResponse:
    return HttpResponseRedirect(_path(client), status=303)


def _back_to(user: User) -> HttpResponse:
    return HttpResponseRedirect(reverse("console:person-security", args=(user.pk,)), status=303)
