"""How the desk answers: to a browser with pages, to htmx with parts, to its own scripts with JSON.

A refusal keeps its room's status and words. Nothing is swapped for one: scripts get {"code", "message"},
htmx a toast, a browser without scripts a page that says it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts.access import require
from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core.errors import RoomError
from core.http import with_toast

P = ParamSpec("P")
View = Callable[Concatenate[SignedInRequest, P], HttpResponseBase]


def agents_only(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let agents in, keep nothing in caches, and answer a room's refusal in the way that was asked for."""

    @wraps(view)
    def answered(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except RoomError as error:
            return refuse(request, error)

    guarded: Any = answered
    return never_cache(require(Permission.ANSWER)(guarded))


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def refuse(request: SignedInRequest, error: RoomError, **more: Any) -> HttpResponse:
    """Answer with the error's status and words; `more` goes into the JSON."""
    words = str(error.message)
    if wants_json(request):
        return JsonResponse({"code": error.code, "message": words, **more}, status=error.status)
    if request.htmx:
        response = with_toast(HttpResponse(status=error.status), words, "bad")
        response.headers["HX-Reswap"] = "none"
        return response
    return render(request, "desk/refused.html", {"words": words}, status=error.status)


def back_to(path: str) -> HttpResponseRedirect:
    """After a plain form post: see the page it belongs to."""
    response = HttpResponseRedirect(path)
    response.status_code = 303
    return response
