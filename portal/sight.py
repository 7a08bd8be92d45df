"""Who can see what of the brand, on its own host: its own people by name, the provider's by alias."""

from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from accounts.sight import Holder, Lately, elevations_lately, holders, looks_lately, seats_of
from accounts.sight_sheet import HEAD, sheet_rows
from core import clock
from core.spreadsheet import BOM, csv_text
from portal.access import Visit, portal_page
from tenants.audit import audit as note
from tenants.scope import labour_scope
from workforce.queries import shown_names

PAGE = 50


@portal_page(Permission.OWN_ACCESS)
@never_cache
@require_safe
def access(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Show the seats, what each opens, and who of the provider looked in lately."""
    now, brand_id = clock.now(), visit.brand.id
    aliases = shown_names(brand_id)
    with labour_scope():
        page = Paginator(seats_of(brand_id, now=now), PAGE).get_page(request.GET.get("page"))
        rows = holders(page.object_list)
    context = {
        "page": page,
        "rows": [{"seat": row, **known_as(row, aliases)} for row in rows],
        "elevations": _named(elevations_lately(brand_id, now=now), aliases),
        "looks": _named(looks_lately(brand_id, now=now), aliases),
        "zone": visit.brand.timezone,
    }
    return render(request, "portal/access.html", context)


@portal_page(Permission.OWN_ACCESS)
@never_cache
@require_POST
def export(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """The same as CSV; that it was taken along is written down."""
    now, brand_id = clock.now(), visit.brand.id
    aliases = shown_names(brand_id)
    with labour_scope():
        found = holders(seats_of(brand_id, now=now))
    note("access.exported", actor=visit.actor.who, brand_id=brand_id, now=now)
    shown = ((one.user_id, known_as(one, aliases)) for one in found)
    names = {user_id: (words["name"], words["email"]) for user_id, words in shown}
    text = BOM + csv_text([HEAD, *sheet_rows(found, names)])
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = f"access-{visit.brand.slug}-{now:%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def known_as(one: Holder, aliases: dict[int, str]) -> dict[str, str]:
    """{"name", "email"} as the client may know them: of the provider's people no surname, no address."""
    if one.is_ours:
        return {"name": aliases.get(one.user_id) or one.first_name, "email": ""}
    return {"name": one.name, "email": one.email}


def _named(found: Iterable[Lately], aliases: dict[int, str]) -> list[dict[str, Lately | str]]:
    return [{"one": one, "name": aliases.get(one.user_id) or one.first_name} for one in found]
