"""The one way to turn somebody away: written down for the provider, unexplained to them."""

from typing import NoReturn

from core import ratelimit
from core.errors import NotFound
from tenants.audit import audit

ONCE_IN_SECONDS = 300
LONGEST = 200


def note_socket(who: str, *, brand_id: int | None, reason: str, object: str = "") -> None:
    """Note that a live connection was refused as it was opened, once in five minutes for each reason.

    `who` is the actor, "nobody" without one: then it is once for the whole brand, as a page that comes back
    again and again would fill the table. `object` is what gave the reason, such as the page's origin.
    """
    if ratelimit.hit(f"socket:{who}:{brand_id}:{reason}", limit=1, seconds=ONCE_IN_SECONDS):
        audit(
            "socket.refused", actor=who, brand_id=brand_id, object=object[:LONGEST], reason=reason, apart=True
        )


def refuse(
    who: str, *, brand_id: int | None, role: str = "", permission: str = "", object: str = ""
) -> NoReturn:
    """Note that `who` wanted in as that role, or for that permission, and raise NotFound.

    Absent and forbidden look the same. Noted once in five minutes for each brand and wish, so that knocking
    fills no table; whatever transaction is undone by the refusal, the note stays. `object` is the first
    address that was asked for.
    """
    reason = f"no seat as {role}" if role else f"no seat for {permission}"
    if ratelimit.hit(f"entry:{who}:{brand_id}:{role or permission}", limit=1, seconds=ONCE_IN_SECONDS):
        audit("entry.refused", actor=who, brand_id=brand_id, object=object, reason=reason, apart=True)
    raise NotFound
