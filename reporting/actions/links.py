"""Verbs on links to issued reports, inside a tenant_scope: make one, end it, note that it was opened.

Of a token only the digest is kept; it exists in the mail or the answer that shows it, once.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import NotFound, RoomError
from core.ids import new_ref
from events.choices import ActorKind, Kind
from events.log import record
from reporting.choices import FileForm
from reporting.issued.kept import entry_of
from reporting.issued.models import IssuedReport
from reporting.sending.models import LinkOpening, PlanReader, ReportLink, ReportMail, ReportPlan
from tenants.audit import audit
from tenants.binding import current_brand
from tenants.mail.actions import withdraw_mails

GOOD_DAYS, MOST_DAYS, MOST_GOOD, LONGEST = 30, 90, 100, 120


class NoLink(RoomError):
    """Such a link is not made."""

    status = 422
    code = "no_link"


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link that was just made. `token` exists here and nowhere else: show it once, keep it nowhere."""

    ref: UUID
    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"NewLink({self.ref})"

    @property
    def path(self) -> str:
        return f"/r/{self.token}/"


def make_link(
    report_ref: UUID, *, key: str, made_for: str, days: int = GOOD_DAYS, shown: str, actor: str,
    now: datetime, reader: PlanReader | None = None,
) -> NewLink | None:  # fmt: skip
    """Let whoever holds a fresh token open that version for some days; None: this `key` made it before.

    Raises NotFound, NoLink.
    """
    with transaction.atomic():
        report = IssuedReport.objects.defer("document").filter(ref=report_ref).first()
        if report is None:
            raise NotFound
        _check(made_for, days)
        if reader is None:  # nobody's plan stands still because people made many links
            _check_room(report, now)
        token = secrets.token_urlsafe(32)
        link = ReportLink(
            ref=new_ref(now), key=key, report=report, digest=digest_of(token), reader=reader,
            made_for=made_for, made_shown=shown, made_at=now, expires_at=now + timedelta(days=days),
        )  # fmt: skip
        ReportLink.objects.bulk_create([link], ignore_conflicts=True)
        if not ReportLink.objects.filter(ref=link.ref).exists():
            return None
        name, diff = entry_of(report).name, {"link": str(link.ref)}
        audit("report.linked", actor=actor, brand_id=current_brand(), object=name, diff=diff, now=now)
        _note(Kind.REPORT_LINKED, link, report, now)
    return NewLink(link.ref, token, link.expires_at)


def end_link(ref: UUID, *, report_ref: UUID, actor: str, now: datetime) -> None:
    """End a link at once; again it changes nothing. Raises NotFound."""
    with transaction.atomic():
        rows = ReportLink.objects.select_related("report").defer("report__document")
        link = rows.filter(ref=ref, report__ref=report_ref).first()
        if link is None:
            raise NotFound
        if not ReportLink.objects.filter(pk=link.pk, ended_at__isnull=True).update(ended_at=now):
            return
        name, diff = entry_of(link.report).name, {"link": str(ref)}
        audit("report.unlinked", actor=actor, brand_id=current_brand(), object=name, diff=diff, now=now)
        _note(Kind.REPORT_UNLINKED, link, link.report, now)


def open_link(token: str, *, form: FileForm | None, network: str, now: datetime) -> UUID:
    """Return which report the token opens, and note when and from where it was. Raises NotFound."""
    link = good_link(token, now=now)
    LinkOpening.objects.create(link_id=link.pk, at=now, network=network, form=form or "")
    ref: UUID = link.report.ref
    return ref


def good_link(token: str, *, now: datetime) -> ReportLink:
    """Return the token's link while it is good. Raises NotFound: absent, expired and ended are the same."""
    rows = ReportLink.objects.select_related("report").defer("report__document")
    link: ReportLink | None = rows.filter(digest=digest_of(token)).first()
    if link is None or not link.is_good(now):
        raise NotFound
    return link


def stop_mails(token: str, *, now: datetime) -> None:
    """End a plan's mails to whom the token was sent, also by one that has expired; again it changes nothing.

    Also those that wait to leave. Raises NotFound: of nobody's mail.
    """
    reader = reader_of(token)
    with transaction.atomic():
        plan = ReportPlan.objects.select_for_update().get(pk=reader.plan_id)
        if not PlanReader.objects.filter(pk=reader.pk, stopped_at__isnull=True).update(stopped_at=now):
            return
        take_back([reader.pk])
        audit(
            "report.stopped", actor="visitor", brand_id=current_brand(), object=f"plan:{plan.kind}",
            diff={"reader": reader.pk}, now=now,
        )  # fmt: skip


def take_back(reader_ids: Sequence[int | None]) -> None:
    """Withdraw what waits to leave for these readers of plans; as part of the caller's transaction."""
    if not reader_ids:
        return
    keys = ReportLink.objects.filter(reader_id__in=reader_ids).values("key")
    refs = list(ReportMail.objects.filter(key__in=keys).values_list("mail_ref", flat=True))
    withdraw_mails(refs, brand_id=current_brand())


def reader_of(token: str) -> PlanReader:
    """Return whose mails the token can end. Raises NotFound."""
    rows = ReportLink.objects.select_related("reader").filter(digest=digest_of(token))
    link: ReportLink | None = rows.first()
    if link is None or link.reader is None:
        raise NotFound
    found: PlanReader = link.reader
    return found


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _check(made_for: str, days: int) -> None:
    if not 1 <= days <= MOST_DAYS:
        raise NoLink(_("A link is good for 1 to %(most)d days.") % {"most": MOST_DAYS})
    if len(made_for) > LONGEST and "@" not in made_for:
        raise NoLink(_("Use at most %(most)d characters.") % {"most": LONGEST})


def _check_room(report: IssuedReport, now: datetime) -> None:
    made = ReportLink.objects.filter(report=report, reader__isnull=True)
    if made.filter(ended_at__isnull=True, expires_at__gt=now).count() >= MOST_GOOD:
        raise NoLink(_("There are %(most)d good links to this report: end one first.") % {"most": MOST_GOOD})


def _note(kind: Kind, link: ReportLink, report: IssuedReport, now: datetime) -> None:
    data = {"report": str(report.ref), "link": str(link.ref), "expires_at": link.expires_at.isoformat()}
    record(
        kind, interaction_ref=None, n=0, actor_kind=ActorKind.SYSTEM, is_test=report.is_test, data=data,
        occurred_at=now,
    )  # fmt: skip
