"""The socket of a client's people on their own host: the brand's numbers of today, and nothing else.

It stands on the same permission as the report, is good on the very host whose session opened it, and hears
one topic: the brand of that host. `?of=group`: its sisters too, as far as the page of the group shows them.
"""

from importlib import import_module

from django.conf import settings

from accounts.actor import Actor
from accounts.origins import host_of_page
from accounts.permissions import Permission
from core import clock
from core.context import PORTAL_PATH
from core.executor import run_db
from portal.sisters import sisters_of
from portal.today import STREAM, bodies, topic_of
from routing.watching import Watches, WatchingSocket
from tenants.hosts import UnknownHost, brand_for
from tenants.values import BrandCard

TODAY = Watches(STREAM, bodies)


class PortalConsumer(WatchingSocket):
    """`brand`: whose host it is; `is_of_group`: the page shows its sisters too."""

    path = PORTAL_PATH
    lacks = "no report"
    watches = TODAY
    brand: BrandCard | None = None

    def prepare(self) -> None:
        super().prepare()
        self.is_of_group = self.scope.get("query_string", b"") == b"of=group"

    async def found(self, *, origin: str, host: str) -> bool:
        self.host = host_of_page(origin, host=host)
        self.brand = await run_db(_brand_of, self.host)
        if self.brand:
            self.home = self.brand.id
        return self.brand is not None

    def welcomes(self, actor: Actor) -> bool:
        return self.brand is not None and actor.can(Permission.REPORT, self.brand.id)

    def topics_for(self, actor: Actor) -> frozenset[str]:
        if self.brand is None or not self.welcomes(actor):
            return frozenset()
        cards = self._sisters(self.brand, actor) if self.is_of_group else []
        return frozenset(topic_of(card.id) for card in (self.brand, *cards))

    def _sisters(self, brand: BrandCard, actor: Actor) -> list[BrandCard]:
        found = sisters_of(brand.id, actor)
        session = import_module(settings.SESSION_ENGINE).SessionStore(self.session_key)
        return found.open_to(session, address=self.address, now=clock.now()) if found else []


def _brand_of(host: str) -> BrandCard | None:
    try:
        return brand_for(host) if host else None
    except UnknownHost:
        return None
