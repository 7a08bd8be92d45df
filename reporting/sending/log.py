"""What became of a report's mails, and its links. Asked inside a tenant_scope; values leave it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max

from reporting.sending.models import ReportLink, ReportMail
from tenants.mail.choices import RESENDABLE, MailState
from tenants.mail.reading import Fate, fates_of

MOST = 200


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail with the report; `fate` None: the outbox has forgotten it by now. `shown` "": by plan."""

    ref: UUID
    name: str
    address: str
    shown: str
    at: datetime
    fate: Fate | None

    @property
    def may_resend(self) -> bool:
        return self.fate is not None and self.fate.state in RESENDABLE

    @property
    def tone(self) -> str:
        """The colour of its chip."""
        if self.fate is None:
            return ""
        if self.may_resend:
            return "bad"
        return {MailState.SENT: "good", MailState.QUEUED: "line", MailState.SENDING: "line"}.get(
            MailState(self.fate.state), ""
        )


@dataclass(frozen=True, slots=True)
class Linked:
    """A link with how often it was opened; `is_good`: it opens the report now."""

    ref: UUID
    made_for: str
    shown: str
    at: datetime
    expires_at: datetime
    ended_at: datetime | None
    opened: int
    last_opened: datetime | None
    is_good: bool


def mails_of(report_ref: UUID, brand_id: int) -> list[Sent]:
    """Return the report's mails, newest first."""
    rows = list(ReportMail.objects.filter(report__ref=report_ref).order_by("-made_at", "-pk")[:MOST])
    fates = fates_of([row.mail_ref for row in rows], brand_id=brand_id)
    return [
        Sent(row.ref, row.name, row.address, row.shown, row.made_at, fates.get(row.mail_ref)) for row in rows
    ]


def links_of(report_ref: UUID, *, now: datetime) -> list[Linked]:
    """Return the report's links, newest first."""
    rows = ReportLink.objects.filter(report__ref=report_ref)
    rows = rows.annotate(opened=Count("openings"), last=Max("openings__at")).order_by("-made_at", "-pk")
    return [
        Linked(
            row.ref, row.made_for, row.made_shown, row.made_at, row.expires_at, row.ended_at, row.opened,
            row.last, row.is_good(now),
        )
        for row in rows[:MOST]
    ]  # fmt: skip
