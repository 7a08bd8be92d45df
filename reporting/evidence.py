"""What an operator shows for an exclusion beside words: addresses, conversations, events, audit entries.

Written one a line; kept as [{"kind", "at"}]. Each of the brand's own is looked for, so nothing names what is
not there. Asked inside a tenant_scope.
"""

import re
from uuid import UUID

from django.utils.translation import gettext as _

from events.models import Event
from interactions.models import Interaction
from tenants.binding import current_brand
from tenants.models import AuditSeal

MOST = 10
LONGEST = 300
LINK, TALK, EVENT, AUDIT = "link", "conversation", "event", "audit"
ADDRESS = re.compile(r"https://[^\s<>\"\\]+")
MARKED = re.compile(r"(conversation|event)?\s*([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)
ENTRY = re.compile(r"audit\s*#?(\d{1,15})", re.IGNORECASE)
Reference = dict[str, str]


def read_references(text: str) -> tuple[list[Reference], str]:
    """Return what the lines name, and what is wrong with the first line that names nothing; "" for none."""
    lines = list(dict.fromkeys(filter(None, (line.strip() for line in text.splitlines()))))
    if len(lines) > MOST:
        return [], _("Name at most %(most)d.") % {"most": MOST}
    found = [(line, _reference(line)) for line in lines]
    for line, one in found:
        if one is None:
            words = _(
                "“%(line)s” names no conversation, event or audit entry of this client, nor an address."
            )
            return [], words % {"line": line[:80]}
    return [one for _line, one in found if one], ""


def _reference(line: str) -> Reference | None:
    if len(line) > LONGEST:
        return None
    if ADDRESS.fullmatch(line):
        return {"kind": LINK, "at": line}
    if found := ENTRY.fullmatch(line):
        return {"kind": AUDIT, "at": found[1]} if _is_sealed(int(found[1])) else None
    if found := MARKED.fullmatch(line):
        return _marked((found[1] or TALK).lower(), UUID(found[2]))
    return None


def _marked(kind: str, ref: UUID) -> Reference | None:
    rows = Interaction.objects if kind == TALK else Event.objects
    return {"kind": kind, "at": str(ref)} if rows.filter(ref=ref).exists() else None


def _is_sealed(position: int) -> bool:
    return bool(AuditSeal.objects.filter(brand_id=current_brand(), position=position).exists())
