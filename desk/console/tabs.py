"""The screens of one client, in groups, as they are shown. Each is an address of `console:`.

The first row shows the groups, the second the screens of the one that is open: plain links, as many as fit.
"""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.permissions import Permission
from tenants.choices import BrandKind
from tenants.values import BrandCard


@dataclass(frozen=True)
class Tab:
    """`name` is the address' name in the namespace `console`, with the client's slug as its argument.

    `permission` is what its page asks for: who has it not sees no tab. `trains`: of sandboxes alone.
    """

    name: str
    title: Promise
    icon: str
    permission: Permission = Permission.CLIENTS_ONBOARD
    trains: bool = False


@dataclass(frozen=True)
class Group:
    """Screens that belong together; one that has a single screen open to somebody is that screen."""

    title: Promise
    icon: str
    tabs: tuple[Tab, ...]


GROUPS: tuple[Group, ...] = (
    Group(
        _("Overview"),
        "layout-dashboard",
        (
            Tab("overview", _("Overview"), "layout-dashboard", Permission.CLIENT_READ),
            Tab("onboarding", _("Going live"), "rocket", Permission.CLIENT_LAUNCH),
            Tab("practice", _("Practice"), "graduation-cap", Permission.PRACTICE, trains=True),
        ),
    ),
    Group(
        _("Service"),
        "headset",
        (
            Tab("hours", _("Hours"), "clock", Permission.HOURS),
            Tab("closing", _("Closing"), "door-closed", Permission.CLOSE),
            Tab("rules", _("Routing"), "split", Permission.RULES),
            Tab("requests", _("Requests"), "building-2", Permission.REQUESTS),
            Tab("changes", _("Changes asked"), "pencil-ruler", Permission.CHANGES),
            Tab("closed", _("Corrections"), "pencil", Permission.CORRECT),
            Tab("blocks", _("Blocked visitors"), "shield-alert", Permission.BLOCKS),
        ),
    ),
    Group(
        _("Contract"),
        "scroll-text",
        (
            Tab("targets", _("Targets"), "target", Permission.TARGETS),
            Tab("clocks", _("Clocks"), "timer", Permission.TARGETS),
            Tab("forecast", _("Forecast"), "trending-up", Permission.TARGETS),
            Tab("exclusions", _("Exclusions"), "circle-slash", Permission.TARGETS),
            Tab("incidents", _("Incidents"), "siren", Permission.INCIDENTS),
            Tab("reports", _("Reports"), "file-check", Permission.ISSUE),
        ),
    ),
    Group(
        _("People"),
        "users",
        (
            Tab("people", _("People"), "users", Permission.PEOPLE_READ),
            Tab("access", _("Access"), "eye", Permission.ACCESS_READ),
        ),
    ),
    Group(
        _("Brand"),
        "palette",
        (
            Tab("brand", _("Brand"), "palette", Permission.BRAND),
            Tab("hosts", _("Hosts"), "globe", Permission.HOSTS),
            Tab("mail", _("Mail"), "mail", Permission.MAIL),
        ),
    ),
    Group(
        _("Safety"),
        "shield-check",
        (
            Tab("security", _("Security"), "shield-check", Permission.SECURITY),
            Tab("audit", _("Audit"), "scroll-text", Permission.AUDIT),
            Tab("keys", _("API keys"), "key-round", Permission.KEYS),
        ),
    ),
)


def tab_context(client: BrandCard, here: str) -> dict[str, Any]:
    """Return what `base_console.html` needs; `groups`: {"title", "icon", "here", "tabs"} each.

    `tabs`: {"title", "icon", "path", "here", "permission"}; the page leaves out what is not the reader's.
    """
    groups = [_shown(group, client, here) for group in GROUPS]
    return {"client": client, "hues": [client.hue], "groups": groups}


def first_path(actor: Actor, client: BrandCard) -> str:
    """Return the first of the client's screens that is open to the actor, "" for none."""
    tabs = (tab for group in GROUPS for tab in _tabs_of(group, client))
    return next((_path(tab, client) for tab in tabs if actor.can(tab.permission, client.id)), "")


def _shown(group: Group, client: BrandCard, here: str) -> dict[str, Any]:
    tabs = [
        {
            "title": tab.title,
            "icon": tab.icon,
            "path": _path(tab, client),
            "here": tab.name == here,
            "permission": tab.permission,
        }
        for tab in _tabs_of(group, client)
    ]
    is_here = any(tab["here"] for tab in tabs)
    return {"title": group.title, "icon": group.icon, "here": is_here, "tabs": tabs}


def _tabs_of(group: Group, client: BrandCard) -> list[Tab]:
    return [tab for tab in group.tabs if not tab.trains or client.kind == BrandKind.SANDBOX]


def _path(tab: Tab, client: BrandCard) -> str:
    return reverse(f"console:{tab.name}", args=(client.slug,))
