"""What the screens of Workforce share: their tabs, and whom a page is about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.http import SignedInRequest
from core.errors import NotFound
from tenants.scope import labour_scope
from workforce.models import Agent
from workforce.staff.listing import Asked, agents


@dataclass(frozen=True)
class Tab:
    name: str
    title: Promise
    icon: str


TABS = (
    Tab("staff", _("People"), "users"),
    Tab("staff-import", _("Import"), "upload"),
    Tab("staff-places", _("Sites and teams"), "map-pin"),
    Tab("staff-skills", _("Skills"), "award"),
    Tab("staff-certifications", _("Certifications"), "badge-check"),
    Tab("staff-reasons", _("Reasons"), "coffee"),
)


def show(
    request: SignedInRequest, template: str, here: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a screen of Workforce with its tabs; `here` is the one that is open."""
    tabs = [
        {
            "title": tab.title,
            "icon": tab.icon,
            "path": reverse(f"console:{tab.name}"),
            "here": tab.name == here,
        }
        for tab in TABS
    ]
    return render(request, f"console/staff/{template}.html", {"tabs": tabs} | context, status=status)


def back(name: str, *args: Any) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"console:{name}", args=args), status=303)


def agent_of_page(agent_id: int, *, now: datetime) -> Agent:
    """Return the agent that the address names, leavers too. Raises NotFound."""
    with labour_scope():
        for state in ("", "left"):
            row = agents(Asked(state=state), now=now).filter(pk=agent_id).first()
            if row is not None:
                return row
    raise NotFound
