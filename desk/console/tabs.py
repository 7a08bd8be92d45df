"""The screens of one client, in the order in which they are shown. Each is an address of `console:`."""

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


TABS: tuple[Tab, ...] = (
    Tab("overview", _("Overview"), "layout-dashboard", Permission.CLIENT_READ),
    Tab("onboarding", _("Going live"), "rocket", Permission.CLIENT_LAUNCH),
    Tab("practice", _("Practice"), "graduation-cap", Permission.PRACTICE, trains=True),
    Tab("hours", _("Hours"), "clock", Permission.HOURS),
    Tab("closing", _("Closing"), "door-closed", Permission.CLOSE),
    Tab("rules", _("Routing"), "split", Permission.RULES),
    Tab("people", _("People"), "users", Permission.PEOPLE_READ),
    Tab("closed", _("Corrections"), "pencil", Permission.CORRECT),
    Tab("blocks", _("Blocked visitors"), "shield-alert", Permission.BLOCKS),
    Tab("access", _("Access"), "eye", Permission.ACCESS_READ),
    Tab("brand", _("Brand"), "palette", Permission.BRAND),
    Tab("hosts", _("Hosts"), "globe", Permission.HOSTS),
    Tab("mail", _("Mail"), "mail", Permission.MAIL),
    Tab("security", _("Security"), "shield-check", Permission.SECURITY),
    Tab("audit", _("Audit"), "scroll-text", Permission.AUDIT),
    Tab("keys", _("API keys"), "key-round", Permission.KEYS),
)


def tab_context(client: BrandCard, here: str) -> dict[str, Any]:
    """Return what `base_console.html` needs; `tabs`: {"title", "icon", "path", "here", "permission"} each."""
    tabs = [
        {
            "title": tab.title,
            "icon": tab.icon,
            "path": reverse(f"console:{tab.name}", args=(client.slug,)),
            "here": tab.name == here,
            "permission": tab.permission,
        }
        for tab in _tabs_of(client)
    ]
    return {"client": client, "hues": [client.hue], "tabs": tabs}


def first_path(actor: Actor, client: BrandCard) -> str:
    """Return the first of the client's screens that is open to the actor, "" for none."""
    found = (tab for tab in _tabs_of(client) if actor.can(tab.permission, client.id))
    return next((reverse(f"console:{tab.name}", args=(client.slug,)) for tab in found), "")


def _tabs_of(client: BrandCard) -> list[Tab]:
    return [tab for tab in TABS if not tab.trains or client.kind == BrandKind.SANDBOX]
