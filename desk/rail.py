"""The way around the provider's host: each screen with what it takes, so that nobody sees a shut door."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.permissions import CONSOLE, Permission

# The rail draws a line between what people do and what they may; a single door stands with the others.
WORK, RULES = "work", "rules"


@dataclass(frozen=True)
class Door:
    """A screen: its address (`deep`: and what is below; `also`: another one), the permissions of which one
    opens it, and the group it stands in.
    """

    path: str
    title: Promise
    icon: str
    permissions: frozenset[Permission]
    deep: bool = False
    also: str = ""
    group: str = WORK

    def opens_to(self, actor: Actor) -> bool:
        return any(actor.can(one) for one in self.permissions)

    def leads_to(self, path: str) -> bool:
        if self.also and path.startswith(self.also):
            return True
        return path.startswith(self.path) if self.deep else path == self.path


DOORS = (
    Door("/desk/", _("Inbox"), "inbox", frozenset({Permission.ANSWER}), deep=True),
    Door("/day/", _("My day"), "calendar-clock", frozenset({Permission.OWN_DAY})),
    Door("/floor/", _("Floor"), "radar", frozenset({Permission.FLOOR}), deep=True),
    Door("/help/", _("Help"), "hand", frozenset({Permission.HELP}), deep=True),
    Door("/clients/", _("Clients"), "building-2", CONSOLE, deep=True, also="/edits/"),
    Door("/staff/", _("Workforce"), "users", frozenset({Permission.STAFF}), deep=True),
    Door("/routing/", _("Routing"), "split", frozenset({Permission.POOLS}), deep=True),
    Door("/days/", _("Hours worked"), "timer", frozenset({Permission.DAYS}), deep=True),
    Door("/metrics/", _("Metrics"), "ruler", frozenset({Permission.CLIENT_READ})),
    Door(
        "/roles/", _("Users & roles"), "user-cog", frozenset({Permission.ROLES_READ}), deep=True, group=RULES
    ),
    Door(
        "/elevations/", _("Elevation"), "clock-arrow-up",
        frozenset({Permission.ELEVATE, Permission.ELEVATIONS_READ}), deep=True, group=RULES,
    ),
    Door(
        "/security/", _("Security"), "shield-check", frozenset({Permission.PROVIDER_SECURITY}), deep=True,
        group=RULES,
    ),
    Door("/audit/", _("Audit"), "scroll-text", frozenset({Permission.PROVIDER_AUDIT}), group=RULES),
    Door("/keys/", _("API keys"), "key-round", frozenset({Permission.PROVIDER_KEYS}), group=RULES),
    Door("/fleet/", _("Fleet"), "database", frozenset({Permission.FLEET_READ}), group=RULES),
)  # fmt: skip


def rail(request: HttpRequest) -> dict[str, list[dict[str, Any]]]:
    """`rail`: {"path", "title", "icon", "here", "group"} of each screen, for who is signed in on the
    provider's host.
    """
    actor = getattr(request, "actor", None)
    if actor is None or getattr(request, "brand", None) is not None:
        return {"rail": []}
    doors = [door for door in DOORS if door.opens_to(actor)]
    has_line = sum(door.group == RULES for door in doors) > 1
    return {
        "rail": [
            {
                "path": door.path, "title": door.title, "icon": door.icon,
                "here": door.leads_to(request.path), "group": door.group if has_line else WORK,
            }
            for door in doors
        ]
    }  # fmt: skip
