"""One change for many people: chosen in the list, looked at person by person, made, undone."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound, RoomError
from desk.console.access import console_page
from desk.console.staff_forms import Choices, WishForm
from desk.console.views.staff.common import back, show
from desk.console.views.staff.people import asked_query, chosen_ids, numbers
from tenants.scope import labour_scope
from workforce.models import Agent
from workforce.staff import bulk
from workforce.staff.loading import load_names
from workforce.staff.values import Change, Names

SHOWN = 200


@console_page(Permission.STAFF)
@require_POST
def change(request: SignedInRequest) -> HttpResponse:
    """Ask what is to change for those who were chosen; then show it; then do it."""
    now, step = clock.now(), request.POST.get("step", "")
    ids = numbers([request.POST.get("who", "")]) if step else chosen_ids(request, now=now)
    form = WishForm(request.POST if step else None, choices=Choices())
    if not step or not form.is_valid():
        return _page(request, ids, form, status=422 if step else 200)
    try:
        if step == "make":
            return _make(request, ids, form)
        made = bulk.preview(ids, form.wish(), now=now)
    except NotFound:
        raise
    except RoomError as error:
        form.add_error(None, str(error.message))
        return _page(request, ids, form, status=422)
    return _page(request, ids, form, made=made)


@console_page(Permission.STAFF)
@require_POST
def undo(request: SignedInRequest, ref: UUID) -> HttpResponse:
    """Undo the last change."""
    try:
        undone, kept = bulk.undo(ref, actor=request.actor.who, now=clock.now())
    except NotFound:
        raise
    except RoomError as error:
        messages.error(request, str(error.message))
        return back("staff")
    words = ngettext("Undone for %(count)d person.", "Undone for %(count)d people.", undone)
    messages.success(request, words % {"count": undone})
    if kept:
        words = ngettext(
            "%(count)d person was changed since and stays so.",
            "%(count)d people were changed since and stay so.",
            kept,
        )
        messages.info(request, words % {"count": kept})
    return back("staff")


def _make(request: SignedInRequest, ids: list[int], form: WishForm) -> HttpResponse:
    row = bulk.change_many(ids, form.wish(), actor=request.actor.who, now=clock.now())
    words = ngettext("%(count)d person changed.", "%(count)d people changed.", row.count)
    messages.success(request, words % {"count": row.count})
    return back("staff")


def _page(
    request: SignedInRequest,
    ids: list[int],
    form: WishForm,
    *,
    made: list[Change] | None = None,
    status: int = 200,
) -> HttpResponse:
    with labour_scope():
        here = Agent.objects.filter(pk__in=ids, left_on__isnull=True).select_related("user")
        count = here.count()
        some = [row.user.name for row in here.order_by("user__name")[:5]]
    names = load_names()
    context = {
        "form": form,
        "who": ",".join(map(str, ids)),
        "count": count,
        "some": some,
        "more": max(0, count - len(some)),
        "made": made,
        "people": [_person(one, names) for one in (made or [])[:SHOWN]],
        "unshown": max(0, len(made or []) - SHOWN),
        "staying": count - len(made) if made is not None else 0,
        "asked": asked_query(QueryDict(request.POST.get("asked", ""))),
    }
    return show(request, "change", "staff", context, status=status)


def _person(one: Change, names: Names) -> dict[str, Any]:
    return {"name": one.after.name, "email": one.email, "changes": names.differences(one)}
