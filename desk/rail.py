"""The way around the provider's host: each screen with what it takes, so that nobody sees a shut door."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.permissions import CONSOLE, Permission


@dataclass(frozen=True)
class Door:
    """A screen: its address (`deep`: and what is below), and the permissions of which one opens it."""

    path: str
    title: Promise
    icon: str
    permissions: frozenset[Permission]
    deep: bool = False

    def opens_to(self, actor: Actor) -> bool:
        return any(actor.can(one) for one in self.permissions)

    def leads_to(self, path: str) -> bool:
        return path.startswith(self.path) if self.deep else path == self.path


DOORS = (
    Door("/desk/", _("Inbox"), "inbox", frozenset({Permission.ANSWER}), deep=True),
    Door("/day/", _("My day"), "calendar-clock", frozenset({Permission.OWN_DAY})),
    Door("/clients/", _("Clients"), "building-2", CONSOLE),
    Door("/staff/", _("Workforce"), "users", frozenset({Permission.STAFF}), deep=True),
    Door("/routing/", _("Routing"), "split", frozenset({Permission.POOLS}), deep=True),
    Door("/days/", _("Hours worked"), "timer", frozenset({Permission.DAYS}), deep=True),
    Door("/fleet/", _("Fleet"), "database", frozenset({Permission.FLEET_READ})),
    Door("/keys/", _("API keys"), "key-round", frozenset({Permission.PROVIDER_KEYS})),
    Door(
        "/security/", _("Security"), "shield-check", frozenset({Permission.PROVIDER_SECURITY}), deep=True
    ),
    Door("/audit/", _("Audit"), "scroll-text", frozenset({Permission.PROVIDER_AUDIT})),
    Door("/roles/", _("Users & roles"), "user-cog", frozenset({Permission.ROLES_READ}), deep=True),
    Door(
        "/elevations/", _("Elevation"), "clock-arrow-up",
        frozenset({Permission.ELEVATE, Permission.ELEVATIONS_READ}), deep=True,
    ),
)  # fmt: skip


def rail(request: HttpRequest) -> dict[str, list[dict[str, Any]]]:
    """`rail`: a list of {"path", "title", "icon", "here"} for who is signed in on the provider's host."""
    actor = getattr(request, "actor", None)
    if actor is None or getattr(request, "brand", None) is not None:
        return {"rail": []}
    return {
        "rail": [
            {
                "path": door.path, "title": door.title, "icon": door.icon,
                "here": door.leads_to(request.path),
            }
            for door in DOORS
            if door.opens_to(actor)
        ]
    }  # fmt: skip
