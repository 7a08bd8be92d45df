"""The pool as a list, its CSV, somebody new, and first passwords for those who have none."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import RoomError
from core.spreadsheet import csv_pages
from desk.console.access import console_page
from desk.console.staff_forms import STATE_NAMES, AskForm, Choices, PersonForm
from desk.console.views.staff.common import show
from tenants.audit import audit
from tenants.scope import labour_scope
from workforce.languages import spell_languages
from workforce.models import Agent
from workforce.staff.bulk import MOST, last_change
from workforce.staff.editing import AlreadyThere, NumberTaken, add_person
from workforce.staff.limits import COLUMNS as LIMITS
from workforce.staff.listing import LEFT, Asked, agents, state_of
from workforce.staff.loading import load_names, load_people
from workforce.staff.parsing import COLUMNS
from workforce.staff.values import Names, Person
from workforce.staff.welcome import MOST as MOST_WELCOMES
from workforce.staff.welcome import send_welcomes

PAGE = 50
EXPORT = 500
MOODS = {"active": "good", "uninvited": "", "invited": "line", "leaving": "warn", "left": "line"}
FILTERS = ("q", "site", "team", "brand", "skill", "state")
HEAD = (*COLUMNS, "state", "left on")


@console_page(Permission.STAFF)
@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    """Show who works in the pool, fifty at a time."""
    choices, now = Choices(), clock.now()
    form = AskForm(request.GET, choices)
    with labour_scope():
        page = Paginator(agents(form.asked(), now=now), PAGE).get_page(request.GET.get("page"))
        rows = list(page.object_list)
    found = load_people([row.pk for row in rows], now=now)
    names = dict(choices.brands)
    context = {
        "form": form,
        "page": page,
        "rows": [_row(row, found[row.pk], names) for row in rows],
        "query": asked_query(request.GET),
        "is_asked": bool(asked_query(request.GET)),
        "last": last_change(),
        "most": MOST,
    }
    return show(request, "people", "staff", context)


@console_page(Permission.STAFF)
@require_POST
def export(request: SignedInRequest) -> HttpResponseBase:
    """Everybody who matches, in the columns that an import takes; that it was taken along is written down."""
    now = clock.now()
    asked = AskForm(request.GET, Choices()).asked()
    with labour_scope():
        ids = list(agents(asked, now=now).values_list("pk", flat=True))
    filters = [name for name in FILTERS if request.GET.get(name)]
    diff = {"people": len(ids)} | ({"filters": filters} if filters else {})
    audit("staff.exported", actor=request.actor.who, object="csv", diff=diff, now=now)
    response = StreamingHttpResponse(
        csv_pages(HEAD, _cells(ids, now=now)), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="people-{now:%Y-%m-%d}.csv"'
    return response


@console_page(Permission.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Add one person; with a tick they get the way to a first password at once."""
    form = PersonForm(request.POST or None, choices=Choices())
    if request.method != "POST" or not form.is_valid():
        return _new_page(request, form, status=422 if request.method == "POST" else 200)
    said, now, who = dict(form.cleaned_data), clock.now(), request.actor.who
    email = said.pop("email")
    try:
        agent_id = add_person(email, Person(**said), actor=who, now=now)
    except RoomError as error:
        fields: dict[type, str] = {NumberTaken: "employee_no", AlreadyThere: "email"}
        form.add_error(fields.get(type(error)), str(error.message))
        return _new_page(request, form, status=error.status)
    if request.POST.get("welcome"):
        send_welcomes([agent_id], actor=who, now=now)
    messages.success(request, _("Added."))
    return HttpResponseRedirect(reverse("console:staff-person", args=(agent_id,)), status=303)


@console_page(Permission.STAFF)
@require_POST
def welcome(request: SignedInRequest) -> HttpResponse:
    """Send the way to a first password to those who are ticked, or to all who match."""
    now = clock.now()
    ids = chosen_ids(request, now=now)
    sent = send_welcomes(ids, actor=request.actor.who, now=now)
    if not sent:
        messages.error(request, _("Nobody of them waits for a password."))
    else:
        words = ngettext("%(count)d mail is on its way.", "%(count)d mails are on their way.", sent)
        messages.success(request, words % {"count": sent})
    if sent == MOST_WELCOMES:
        messages.info(request, _("That is the most at once. Send again for those who are left."))
    query = asked_query(QueryDict(request.POST.get("asked", "")))
    return HttpResponseRedirect(f"{reverse('console:staff')}?{query}", status=303)


def chosen_ids(request: SignedInRequest, *, now: datetime) -> list[int]:
    """Return who was ticked, or with `all` who matches what the list was asked for; at most MOST and one."""
    if request.POST.get("all"):
        asked = AskForm(QueryDict(request.POST.get("asked", "")), Choices()).asked()
        with labour_scope():
            return list(agents(asked, now=now).values_list("pk", flat=True)[: MOST + 1])
    return numbers(request.POST.getlist("ids"))


def numbers(texts: Iterable[str]) -> list[int]:
    """Return the ids of a form, each once; what is none is left out."""
    parts = (part for text in texts for part in text.split(","))
    return list(
        dict.fromkeys(int(part) for part in parts if part.isascii() and part.isdecimal() and len(part) < 19)
    )


def asked_query(data: QueryDict) -> str:
    """Return the filters as an address carries them."""
    kept = QueryDict(mutable=True)
    for name in FILTERS:
        if value := data.get(name, "")[:80]:
            kept[name] = value
    return kept.urlencode()


def _new_page(request: SignedInRequest, form: PersonForm, *, status: int) -> HttpResponse:
    return show(request, "new", "staff", {"form": form}, status=status)


def _row(row: Agent, person: Person, names: dict[int, str]) -> dict[str, Any]:
    state = state_of(row)
    return {
        "agent": row,
        "state": STATE_NAMES[state],
        "mood": MOODS[state],
        "languages": spell_languages(person.languages),
        "brands": [(names.get(pk, "?"), version) for pk, version in person.brands.items()],
    }


def _cells(ids: list[int], *, now: datetime) -> Iterator[list[tuple[str, ...]]]:
    """Yield the rows page by page, each page read by itself."""
    names = load_names()
    for start in range(0, len(ids), EXPORT):
        yield _cell_page(ids[start : start + EXPORT], names, now=now)


def _cell_page(ids: list[int], names: Names, *, now: datetime) -> list[tuple[str, ...]]:
    with labour_scope():
        asked = (Asked(), Asked(state=LEFT))
        rows = {row.pk: row for one in asked for row in agents(one, now=now).filter(pk__in=ids)}
        found = load_people(ids, limits=True, now=now)
    return [_cell_row(rows[pk], found[pk], names) for pk in ids if pk in rows and pk in found]


def _cell_row(row: Agent, person: Person, names: Names) -> tuple[str, ...]:
    cells = names.cells(person)
    return (
        row.user.email, cells["name"], cells["employee_no"], cells["team"], cells["site"], cells["languages"],
        cells["skills"], cells["brands"], cells["hired_on"], *(cells[name] for name in LIMITS), state_of(row),
        row.left_on.isoformat() if row.left_on else "",
    )  # fmt: skip
