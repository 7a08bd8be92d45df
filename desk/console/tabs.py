"""The screens of one client, in groups, as they are shown. Each is an address of `console:`.

The first row shows the groups, the second the screens of the one that is open: plain links, as many as fit.
"""

from collections.abc import Iterator
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
            Tab("closed", _("Corrections"), "pencil", Permission.CORRECT),
            Tab("blocks", _("Blocked visitors"), "shield-alert", Permission.BLOCKS),
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
    """Return what `base_console.html` needs; `tab` is the screen that is open."""
    return {"client": client, "hues": [client.hue], "tab": here}


def groups_of(actor: Actor, client: BrandCard, here: str) -> list[dict[str, Any]]:
    """Return the groups with a screen that is open to the actor: {"title", "icon", "path", "here", "tabs"}.

    `path` is the first screen's; `tabs`: {"title", "icon", "path", "here"} each.
    """
    return [_shown(group, tabs, client, here) for group, tabs in _open_to(actor, client)]


def first_path(actor: Actor, client: BrandCard) -> str:
    """Return the first of the client's screens that is open to the actor, "" for none."""
    first = next((tabs[0] for _group, tabs in _open_to(actor, client)), None)
    return _path(first, client) if first else ""


def _open_to(actor: Actor, client: BrandCard) -> Iterator[tuple[Group, list[Tab]]]:
    for group in GROUPS:
        tabs = [tab for tab in group.tabs if not tab.trains or client.kind == BrandKind.SANDBOX]
        if found := [tab for tab in tabs if actor.can(tab.permission, client.id)]:
            yield group, found


def _shown(group: Group, tabs: list[Tab], client: BrandCard, here: str) -> dict[str, Any]:
    face: Group | Tab = tabs[0] if len(tabs) == 1 else group
    rows = [
        {"title": tab.title, "icon": tab.icon, "path": _path(tab, client), "here": tab.name == here}
        for tab in tabs
    ]
    is_here = any(row["here"] for row in rows)
    return {"title": face.title, "icon": face.icon, "path": rows[0]["path"], "here": is_here, "tabs": rows}


def _path(tab: Tab, client: BrandCard) -> str:
    return reverse(f"console:{tab.name}", args=(client.slug,))
