"""The socket of a page of the floor: `/ws/floor/?part=agents` or `queues`."""

from urllib.parse import parse_qs

from accounts.actor import Actor
from accounts.permissions import Permission
from core.context import FLOOR_PATH
from desk.floor.frames import STREAM, bodies
from desk.floor.topics import AGENTS, PARTS, topics_of
from desk.sockets import StaffSocket
from routing.watching import Watches, WatchingSocket

FLOORS = Watches(STREAM, bodies)


class FloorConsumer(WatchingSocket, StaffSocket):
    """For whoever sees a floor: who only looks on is not at their desk."""

    path = FLOOR_PATH
    lacks = "no floor"
    watches = FLOORS

    def prepare(self) -> None:
        super().prepare()
        asked = parse_qs(self.scope.get("query_string", b"").decode("latin-1")).get("part", [""])[0]
        self.part = asked if asked in PARTS else AGENTS

    def welcomes(self, actor: Actor) -> bool:
        return actor.can(Permission.FLOOR)

    def topics_for(self, actor: Actor) -> frozenset[str]:
        return topics_of(actor, self.part)
