"""The socket of a client's people on their own host: the brand's numbers of today, and nothing else.

It stands on the same permission as the report, is good on the very host whose session opened it, and hears
one topic: the brand of that host.
"""

from accounts.actor import Actor
from accounts.origins import host_of_page
from accounts.permissions import Permission
from core.context import PORTAL_PATH
from core.executor import run_db
from portal.today import STREAM, bodies, topic_of
from routing.watching import Watches, WatchingSocket
from tenants.hosts import UnknownHost, brand_for
from tenants.values import BrandCard

TODAY = Watches(STREAM, bodies)


class PortalConsumer(WatchingSocket):
    """`brand`: whose host it is."""

    path = PORTAL_PATH
    lacks = "no report"
    watches = TODAY
    brand: BrandCard | None = None

    async def found(self, *, origin: str, host: str) -> bool:
        self.host = host_of_page(origin, host=host)
        self.brand = await run_db(_brand_of, self.host)
        if self.brand:
            self.home = self.brand.id
        return self.brand is not None

    def welcomes(self, actor: Actor) -> bool:
        return self.brand is not None and actor.can(Permission.REPORT, self.brand.id)

    def topics_for(self, actor: Actor) -> frozenset[str]:
        is_theirs = self.brand and self.welcomes(actor)
        return frozenset({topic_of(self.brand.id)} if self.brand and is_theirs else ())


def _brand_of(host: str) -> BrandCard | None:
    try:
        return brand_for(host) if host else None
    except UnknownHost:
        return None
