"""Verbs on issued reports, inside a tenant_scope: issue a period, restate what was issued.

Neither writes over anything: a version is a row that nobody may change (tenants.grants). All of it is added
up from one look at the log, whatever is written meanwhile. `actor` is how the trail names who did it
(`user:7`), `shown` what the report says.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from core.errors import RoomError
from events.choices import ActorKind, Kind
from events.log import record
from reporting.actions.agreeing import alone_in_snapshot
from reporting.actions.rollups import roll_next
from reporting.choices import AgentNames
from reporting.issued.diff import changes
from reporting.issued.document import Asked, Stamp, build
from reporting.issued.kept import Issued, find_issued, get_issued, view_of
from reporting.issued.models import IssuedReport
from reporting.issued.ready import why_not
from reporting.issued.values import Document, canonical, digest_of
from reporting.periods import of_calendar
from tenants.audit import audit
from tenants.binding import current_brand
from tenants.choices import BrandKind

MOST_NOTE = 300
MOST_PAGES = 20
"""Of the log, that who issues reads to its end before."""


class NotIssued(RoomError):
    """The period cannot be issued or restated so; nothing was written."""

    code = "not_issued"


def issue_report(asked: Asked, *, key: UUID, shown: str, actor: str, now: datetime) -> Issued:
    """Freeze the period as version 1. The same `key` again is the same report.

    Raises NotIssued: the period is not over, much of the log is not read yet, or it was issued already.
    """
    _read_on()
    with alone_in_snapshot():
        if made := _made(key):
            return made
        _refuse(_wrong(asked) or _wrong_note(asked.note))
        if find_issued(asked.kind, asked.period.first):
            raise NotIssued(_("This period was issued already: restate it if its numbers have changed."))
        stamp = Stamp(1, shown, now)
        return _write(asked, stamp, *_built(asked, stamp), key=key, actor=actor)


def restate_report(ref: UUID, asked: Asked, *, key: UUID, shown: str, actor: str, now: datetime) -> Issued:
    """Freeze the period of `ref` anew, from the log as it is now; `asked.note` says why.

    The same `key` again is the same version. Raises NotFound; NotIssued: no reason, no number that has
    changed, `ref` is not the newest version, or much of the log is not read yet.
    """
    _read_on()
    with alone_in_snapshot():
        if made := _made(key):
            return made
        old = get_issued(ref)
        if old.newer:
            raise NotIssued(_("This version was restated already: restate the newest one."))
        _refuse(_wrong_note(asked.note) or ("" if asked.note else _("Say why it is restated.")))
        stamp = Stamp(old.version + 1, shown, now, restates=old.ref)
        document, agent_ids = _built(asked, stamp)
        if not changes(old.document, document).lines:
            raise NotIssued(_("No number has changed since this was issued: there is nothing to restate."))
        return _write(asked, stamp, document, agent_ids, key=key, actor=actor)


def again(old: Issued, asked: Asked) -> Asked:
    """Return what is asked for to restate `old`: its own days, zone, language and way of naming agents."""
    named, period = AgentNames(old.document["issued"]["agents"]), of_calendar(old.kind, old.first)
    return replace(
        asked, period=period, zone=ZoneInfo(old.zone), language=old.language, agents=named,
        numbered=old.agent_ids,
    )  # fmt: skip


def _wrong(asked: Asked) -> str:
    if asked.language not in settings.CLIENT_LANGUAGES:
        return _("Choose a language of the client's pages.")
    return ""


def _wrong_note(note: str) -> str:
    return _("Use at most %(most)d characters.") % {"most": MOST_NOTE} if len(note) > MOST_NOTE else ""


def _refuse(why: str) -> None:
    if why:
        raise NotIssued(why, status=422)


def _read_on() -> None:
    """Let the roll-ups read the log to its end, or a good way: what they have not read is folded instead."""
    for _page in range(MOST_PAGES):
        if not roll_next():
            return


def _built(asked: Asked, stamp: Stamp) -> tuple[Document, list[int]]:
    if why := why_not(asked.counting(stamp.at), now=stamp.at):
        raise NotIssued(why)
    return build(asked, stamp)


def _write(
    asked: Asked, stamp: Stamp, document: Document, agent_ids: list[int], *, key: UUID, actor: str
) -> Issued:
    text = canonical(document)
    row = IssuedReport.objects.create(
        key=key, kind=asked.kind, first=asked.period.first, last=asked.period.last, zone=asked.zone.key,
        language=asked.language, version=stamp.version, restates=stamp.restates, document=text,
        digest=digest_of(text), agent_ids=agent_ids, note=asked.note,
        is_test=asked.brand.kind == BrandKind.SANDBOX, issued_by=actor, issued_shown=stamp.shown,
        issued_at=stamp.at,
    )  # fmt: skip
    found = view_of(row)
    _note(found, actor=actor, now=stamp.at)
    return found


def _note(one: Issued, *, actor: str, now: datetime) -> None:
    bound, diff, kind = current_brand(), {"digest": one.digest}, Kind.REPORT_ISSUED
    said: dict[str, Any] = {"brand_id": bound, "object": one.name, "diff": diff, "reason": one.note}
    if one.restates:
        kind = Kind.REPORT_RESTATED
        audit("report.restated", actor=actor, now=now, **said)
    else:
        audit("report.issued", actor=actor, now=now, **said)
    data = {
        "report": str(one.ref), "kind": str(one.kind), "first": str(one.first), "last": str(one.last),
        "version": one.version, "restates": str(one.restates) if one.restates else None,
        "digest": one.digest,
    }  # fmt: skip
    record(
        kind, interaction_ref=None, n=0, actor_kind=ActorKind.SYSTEM, is_test=one.is_test, data=data,
        occurred_at=now,
    )  # fmt: skip


def _made(key: UUID) -> Issued | None:
    row = cast(IssuedReport | None, IssuedReport.objects.filter(key=key).first())
    return view_of(row) if row else None
