"""Who may see a brand's portal: a manager of that very brand. Strangers get the page of what is not there."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse

from accounts.access import sign_in_redirect
from accounts.actor import Actor
from accounts.choices import Role
from tenants.cards import BrandCard
from tenants.scope import Scope, tenant_scope

P = ParamSpec("P")


@dataclass(frozen=True)
class Visit:
    """An identified manager on the host of a brand of theirs."""

    actor: Actor
    brand: BrandCard

    def scope(self) -> AbstractContextManager[Scope]:
        """Enter the brand for the smallest unit of work."""
        return tenant_scope(self.brand, self.actor.grant_for(self.brand))


def manager_only(
    view: Callable[Concatenate[HttpRequest, Visit, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Give the view its Visit; to the provider's sign-in when nobody is signed in, 404 for everybody else."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        actor: Any = request.actor  # type: ignore[attr-defined]
        brand: Any = request.brand  # type: ignore[attr-defined]
        if actor is None:
            return sign_in_redirect(request)
        if not actor.has(Role.MANAGER, brand.id):
            raise Http404
        return view(request, Visit(actor, brand), *args, **kwargs)

    return guarded
