"""Reasons to be away: their menu, and what each means for a client's bill."""

from collections.abc import Callable

from django.forms import Form
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from desk.console.access import console_page
from desk.console.answers import saved, told
from desk.console.staff_forms import Choices, ReasonForm, TermForm
from desk.console.views.staff.common import back, show
from workforce.staff import reasons as verbs

GET_OR_POST = ["GET", "HEAD", "POST"]


@console_page(Permission.STAFF)
@require_http_methods(GET_OR_POST)
def reasons(request: SignedInRequest) -> HttpResponse:
    """List the reasons in the order of the menu; a POST makes one."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and _saved(request, form, "label", verbs.save_reason):
        return back("staff-reasons")
    context = {"rows": verbs.all_reasons(), "form": form}
    return show(request, "reasons", "staff-reasons", context, status=422 if form.errors else 200)


@console_page(Permission.STAFF)
@require_http_methods(GET_OR_POST)
def reason(request: SignedInRequest, reason_id: int) -> HttpResponse:
    """Show one reason and its terms; a POST changes what it is called and counts as."""
    row = verbs.get_reason(reason_id)
    if request.method != "POST":
        return _page(request, reason_id)
    form = ReasonForm(request.POST)
    if _saved(request, form, "label", lambda **said: verbs.save_reason(row.pk, **said)):
        return back("staff-reason", row.pk)
    return _page(request, reason_id, details=form)


@console_page(Permission.STAFF)
@require_POST
def archive(request: SignedInRequest, reason_id: int) -> HttpResponse:
    """Archive the reason, or bring it back."""
    archived, who, now = bool(request.POST.get("archived")), request.actor.who, clock.now()
    told(
        request,
        lambda: verbs.archive_reason(reason_id, archived=archived, actor=who, now=now),
        _("Archived: nobody can choose it any more.") if archived else _("Brought back."),
    )
    return back("staff-reasons")


@console_page(Permission.STAFF)
@require_POST
def move(request: SignedInRequest, reason_id: int) -> HttpResponse:
    """Move the reason by one place: `to` is up or down."""
    up = request.POST.get("to") == "up"
    verbs.move_reason(reason_id, up=up, actor=request.actor.who, now=clock.now())
    return back("staff-reasons")


@console_page(Permission.STAFF)
@require_POST
def term(request: SignedInRequest, reason_id: int) -> HttpResponse:
    """Say from when on a client pays for it, or does not."""
    row = verbs.get_reason(reason_id)
    form = TermForm(request.POST, choices=Choices().brands)
    if _saved(request, form, "since", lambda **said: verbs.set_term(row.pk, **said)):
        return back("staff-reason", row.pk)
    return _page(request, reason_id, terms=form)


@console_page(Permission.STAFF)
@require_POST
def remove_term(request: SignedInRequest, reason_id: int, term_id: int) -> HttpResponse:
    """Take back a term that has not begun."""
    told(
        request,
        lambda: verbs.remove_term(term_id, actor=request.actor.who, now=clock.now()),
        _("Taken back."),
    )
    return back("staff-reason", reason_id)


def _saved(request: SignedInRequest, form: Form, field: str, verb: Callable[..., object]) -> bool:
    """Run the verb of a form with what it says; what is refused stands at the field."""
    done = {"actor": request.actor.who, "now": clock.now()}
    return saved(request, form, lambda: verb(**form.cleaned_data, **done), _("Saved."), at=field)


def _page(
    request: SignedInRequest,
    reason_id: int,
    *,
    details: ReasonForm | None = None,
    terms: TermForm | None = None,
) -> HttpResponse:
    row = verbs.get_reason(reason_id)
    initial = {"label": row.label, "kind": row.kind, "paid": row.paid}
    context = {
        "row": row,
        "form": details or ReasonForm(initial=initial),
        "term": terms or TermForm(choices=Choices().brands),
        "terms": verbs.terms_of(reason_id, clock.now()),
    }
    return show(request, "reason", "staff-reasons", context, status=422 if details or terms else 200)
