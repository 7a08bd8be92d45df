"""The way around a brand's portal: each screen with the permission that opens it."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission


@dataclass(frozen=True)
class Door:
    """A screen; `brief` is its name where there is little room."""

    path: str
    title: Promise
    brief: Promise
    icon: str
    permission: Permission


DOORS = (
    Door("/overview/", _("Overview"), _("Overview"), "layout-dashboard", Permission.REPORT),
    Door("/report/", _("Service report"), _("Report"), "chart-column", Permission.REPORT),
    Door("/reports/", _("Issued reports"), _("Issued"), "file-check", Permission.REPORT),
    Door("/conversations/", _("Conversations"), _("Conversations"), "messages-square", Permission.CONTACTS),
    Door("/requests/", _("Requests"), _("Requests"), "inbox", Permission.OWN_REQUESTS),
    Door("/people/", _("People"), _("People"), "users", Permission.OWN_ACCESS),
    Door("/changes/", _("Changes"), _("Changes"), "pencil-ruler", Permission.OWN_CHANGES),
    Door("/audit/", _("Audit trail"), _("Audit"), "scroll-text", Permission.OWN_AUDIT),
    Door("/blocks/", _("Blocked visitors"), _("Blocked"), "shield-alert", Permission.OWN_BLOCKS),
    Door("/access/", _("Who can see what"), _("Access"), "eye", Permission.OWN_ACCESS),
)

WRITES = (
    Permission.EXCLUSIONS, Permission.FORECASTS, Permission.SHARE, Permission.OWN_BLOCKS,
    Permission.OWN_PEOPLE, Permission.OWN_CHANGES, Permission.OWN_REQUESTS,
)  # fmt: skip
"""What changes something here; who may do none of it, or looks on as a client, reads only."""


def doors(request: HttpRequest) -> dict[str, Any]:
    """Of who is signed in on a brand's host `portal_doors`, {"path", "title", "brief", "icon", "here"}, and
    `portal_reads_only`.
    """
    actor, brand = getattr(request, "actor", None), getattr(request, "brand", None)
    if actor is None or brand is None:
        return {"portal_doors": [], "portal_reads_only": True}
    return {
        "portal_reads_only": bool(actor.seeing) or not any(actor.can(one, brand.id) for one in WRITES),
        "portal_doors": [
            {
                "path": door.path, "title": door.title, "brief": door.brief, "icon": door.icon,
                "here": request.path.startswith(door.path),
            }
            for door in DOORS
            if actor.can(door.permission, brand.id)
        ]
    }  # fmt: skip
