"""What became of mails, for the rooms that asked for them: values by the mail's ref."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenants.binding import LABOUR, Bound
from tenants.mail.choices import MailState
from tenants.mail.models import SystemMail


@dataclass(frozen=True, slots=True)
class Fate:
    """Where a mail is; `answer` in the server's own words. `due_at` counts while it waits."""

    state: str
    answer: str
    attempts: int
    due_at: datetime
    sent_at: datetime | None

    @property
    def words(self) -> str:
        return str(MailState(self.state).label)

    @property
    def waits(self) -> bool:
        return self.state == MailState.QUEUED


def fates_of(refs: Sequence[UUID], *, brand_id: int) -> dict[UUID, Fate]:
    """Return what is known of the brand's mails with these refs; rows are kept for 180 days."""
    if not refs:
        return {}
    fields = ("ref", "state", "answer", "attempts", "due_at", "sent_at")
    with Bound(LABOUR):
        rows = list(SystemMail.objects.of_brand(brand_id).filter(ref__in=refs).values_list(*fields))
    return {row[0]: Fate(*row[1:]) for row in rows}
