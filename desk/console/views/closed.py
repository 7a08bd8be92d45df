"""What was closed and whose day is not: reason and outcome are corrected, whoever set them.

No word of what was said.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.refusals import refusals
from desk.console.access import client_of_page, client_scope, console_page
from desk.console.tabs import tab_context
from interactions.access import get_interaction
from interactions.actions import correct, correctable_since
from interactions.choices import DispositionKind
from interactions.queries import as_view, closed_since, dispositions
from interactions.values import InteractionView
from tenants.values import BrandCard

PAGE = 50
Choices = list[tuple[str, str]]


class CorrectionForm(forms.Form):
    """Empty reason: for an outcome that is no contact."""

    reason = forms.ChoiceField(required=False)
    outcome = forms.ChoiceField()

    def __init__(
        self, data: Any = None, *, view: InteractionView, reasons: Choices, outcomes: Choices
    ) -> None:
        super().__init__(data, initial={"reason": view.reason_code, "outcome": view.outcome_code})
        labels = {"reason": _("Reason"), "outcome": _("Outcome")}
        for name, choices in {"reason": reasons, "outcome": outcomes}.items():
            field: Any = self.fields[name]
            field.label, field.choices = labels[name], [("", _("None")), *choices]


@console_page(Permission.CORRECT)
@require_safe
def closed(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show what may be corrected, the latest first."""
    client = client_of_page(slug)
    with client_scope(request.actor, client, to=Permission.CORRECT):
        found = Paginator(closed_since(correctable_since(clock.now(), client.timezone)), PAGE)
        page = found.get_page(request.GET.get("page"))
        rows = [as_view(row) for row in page]
    context = {"page": page, "rows": rows, "zone": client.timezone}
    return render(request, "console/closed.html", tab_context(client, "closed") | context)


@console_page(Permission.CORRECT)
@require_http_methods(["GET", "POST"])
def correction(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Ask for another reason and outcome, and set them."""
    client, actor = client_of_page(slug), request.actor
    with client_scope(actor, client, to=Permission.CORRECT):
        view = get_interaction(ref)
        reasons, outcomes = dispositions(DispositionKind.REASON), dispositions(DispositionKind.OUTCOME)
    form = CorrectionForm(request.POST or None, view=view, reasons=reasons, outcomes=outcomes)
    if request.method != "POST" or not form.is_valid():
        return _page(request, client, view, form, status=422 if form.is_bound else 200)
    done = refusals(form, None)
    with done as refused, client_scope(actor, client, to=Permission.CORRECT):
        correct(
            ref, actor=actor.who, actor_id=actor.user_id, own=False, zone=client.timezone,
            reason_code=form.cleaned_data["reason"], outcome_code=form.cleaned_data["outcome"],
            now=clock.now(),
        )  # fmt: skip
    if refused.status:
        return _page(request, client, view, form, status=refused.status)
    messages.success(request, _("Corrected. What stood before is in the log."))
    return HttpResponseRedirect(reverse("console:closed", args=(client.slug,)), status=303)


def _page(
    request: SignedInRequest, client: BrandCard, view: InteractionView, form: CorrectionForm, *, status: int
) -> HttpResponse:
    context = {"view": view, "form": form, "zone": client.timezone}
    return render(request, "console/correction.html", tab_context(client, "closed") | context, status=status)
