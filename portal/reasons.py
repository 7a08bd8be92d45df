"""Why customers write, as a file: the same lines as in the report."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core.spreadsheet import csv_pages
from portal.access import Visit, portal_page
from portal.asked import asked
from reporting.counting import counting
from reporting.reasons import why
from tenants.audit import audit as note


@portal_page(Permission.REPORT)
@require_POST
def export(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """A line for each reason; that it was taken along is written down."""
    given = asked(request, visit)
    with visit.scope():
        of = counting(**given)
        found = why(of)
    what = f"{of.first:%Y-%m-%d}/{of.last:%Y-%m-%d}, reasons"
    note("report.exported", actor=visit.actor.who, brand_id=visit.brand.id, object=what, now=given["now"])
    head = [_("Reason"), _("Contacts"), _("Share"), _("Together")]
    rows = [[one.label, one.contacts, f"{one.share:.1f}", f"{one.running:.1f}"] for one in found]
    response = HttpResponse("".join(csv_pages(head, [rows])), content_type="text/csv; charset=utf-8")
    name = f"reasons-{visit.brand.slug}-{of.first:%Y-%m-%d}-to-{of.last:%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
