"""Who may see which page of a brand's portal. Strangers get the page of what is not there."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpResponseBase

from accounts.access import require
from accounts.actor import Actor
from accounts.http import SignedInRequest
from accounts.permissions import Permission
from tenants.binding import Bound
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from workforce.queries import name_towards

P = ParamSpec("P")
Page = Callable[Concatenate[SignedInRequest, "Visit", P], HttpResponseBase]
View = Callable[Concatenate[SignedInRequest, P], HttpResponseBase]


@dataclass(frozen=True)
class Visit:
    """An identified person on the host of a brand in which they may do `permission`."""

    actor: Actor
    brand: BrandCard
    permission: Permission

    def scope(self) -> Bound:
        """Enter the brand for the smallest unit of work."""
        return tenant_scope(self.brand, self.actor.grant(self.permission, self.brand))

    @property
    def shown(self) -> str:
        """What the brand's people read of them."""
        return name_towards(self.actor, self.brand.id)

    def can(self, permission: Permission) -> bool:
        return self.actor.can(permission, self.brand.id)


def portal_page(permission: Permission) -> Callable[[Page[P]], View[P]]:
    """Give the view its Visit; to the provider's sign-in when nobody is signed in, 404 for everybody else."""

    def decorate(view: Page[P]) -> View[P]:
        @require(permission)
        @wraps(view)
        def seated(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.brand is None:
                raise Http404
            return view(request, Visit(request.actor, request.brand, permission), *args, **kwargs)

        guarded: Any = seated
        return guarded  # type: ignore[no-any-return]

    return decorate
