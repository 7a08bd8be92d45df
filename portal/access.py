"""Who may see a brand's portal: a manager of that very brand. Strangers get the page of what is not there."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpResponseBase

from accounts.access import require
from accounts.actor import Actor
from accounts.choices import Role
from accounts.http import SignedInRequest
from tenants.binding import Bound
from tenants.cards import BrandCard
from tenants.scope import tenant_scope

P = ParamSpec("P")


@dataclass(frozen=True)
class Visit:
    """An identified manager on the host of a brand of theirs."""

    actor: Actor
    brand: BrandCard

    def scope(self) -> Bound:
        """Enter the brand for the smallest unit of work."""
        return tenant_scope(self.brand, self.actor.grant_for(self.brand, role=Role.MANAGER))


def manager_only(
    view: Callable[Concatenate[SignedInRequest, Visit, P], HttpResponseBase],
) -> Callable[Concatenate[SignedInRequest, P], HttpResponseBase]:
    """Give the view its Visit; to the provider's sign-in when nobody is signed in, 404 for everybody else."""

    @require(Role.MANAGER)
    def seated(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.brand is None:
            raise Http404
        return view(request, Visit(request.actor, request.brand), *args, **kwargs)

    @wraps(view)
    def guarded(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return seated(request, *args, **kwargs)

    return guarded
