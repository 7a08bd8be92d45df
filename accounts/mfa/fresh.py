"""A password that was typed a moment ago: asked for before second steps are changed."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.http import HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from accounts.access import require_user
from accounts.hosts import with_next
from accounts.http import SignedInRequest
from accounts.models import User

MINUTES = 10

P = ParamSpec("P")
View = Callable[Concatenate[Any, P], HttpResponseBase]


def person_of(request: SignedInRequest) -> User:
    return cast(User, request.user)


def note_password(request: SignedInRequest) -> None:
    record_authentication(request, person_of(request), method="password", reauthenticated=True)


def is_fresh(request: SignedInRequest) -> bool:
    """Tell whether the password was typed in this session in the last ten minutes."""
    records = get_authentication_records(request, person_of(request))
    typed = [record["at"] for record in records if record.get("method") == "password"]
    return bool(typed) and time.time() - max(typed) < MINUTES * 60


def fresh_password(view: View[P]) -> View[P]:
    """Ask who is signed in for the password before the view; what was posted is not repeated by itself."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        back = request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("security")
        return HttpResponseRedirect(with_next(reverse("account_reauthenticate"), back))

    return cast(View[P], require_user(cast(Any, guarded)))
