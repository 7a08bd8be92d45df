"""The screens of one client, in the order in which they are shown. Each is an address of `console:`."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.values import BrandCard


@dataclass(frozen=True)
class Tab:
    """`name` is the address' name in the namespace `console`, with the client's slug as its argument."""

    name: str
    title: Promise
    icon: str


TABS: tuple[Tab, ...] = (
    Tab("overview", _("Overview"), "layout-dashboard"),
    Tab("onboarding", _("Going live"), "rocket"),
    Tab("hours", _("Hours"), "clock"),
    Tab("rules", _("Routing"), "split"),
    Tab("people", _("People"), "users"),
    Tab("brand", _("Brand"), "palette"),
    Tab("hosts", _("Hosts"), "globe"),
    Tab("mail", _("Mail"), "mail"),
    Tab("security", _("Security"), "shield-check"),
    Tab("audit", _("Audit"), "scroll-text"),
    Tab("keys", _("API keys"), "key-round"),
)


def tab_context(client: BrandCard, here: str) -> dict[str, Any]:
    """Return what `base_console.html` needs; `tabs`: a list of {"title", "icon", "path", "here"}."""
    tabs = [
        {
            "title": tab.title,
            "icon": tab.icon,
            "path": reverse(f"console:{tab.name}", args=(client.slug,)),
            "here": tab.name == here,
        }
        for tab in TABS
    ]
    return {"client": client, "hues": [client.hue], "tabs": tabs}
