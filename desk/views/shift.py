"""The end of the shift: nothing new, and a sheet for what is open."""

from collections.abc import Mapping

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from core import clock
from core.http import render_part, with_toast
from desk.answers import agents_only, back_to
from desk.presence import presence_context
from desk.shift import carry_out, sheet_of
from routing.shift import end_shift


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def shift(request: SignedInRequest) -> HttpResponseBase:
    """Show the sheet; a POST ends the shift first."""
    if request.method == "POST":
        end_shift(request.actor, now=clock.now())
        if not request.htmx:
            return back_to("/shift/")
    return _sheet(request)


@agents_only
@require_POST
def choices(request: SignedInRequest) -> HttpResponseBase:
    """Do what was chosen for each open conversation; what is refused stays on the sheet with its note."""
    errors = carry_out(request.actor, request.POST.dict(), now=clock.now())
    if errors:
        return _sheet(request, request.POST.dict(), errors, status=422)
    if not request.htmx:
        return back_to("/shift/")
    return with_toast(_sheet(request), _("Done"), "good")


def _sheet(
    request: SignedInRequest,
    said: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    sheet = sheet_of(request.actor, said=said, errors=errors, now=now)
    context = presence_context(request.actor, now=now) | {
        "sheet": sheet, "hues": sorted({one.row.client.hue for one in sheet.rows}), "here": "shift",
    }  # fmt: skip
    return render_part(request, "desk/shift.html", "desk/_shift.html", context, status=status)
