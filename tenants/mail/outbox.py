"""The way of a mail from its row to a server. The row is the promise; who sends holds a lease on it.

1. `claim`: queued -> sending, by one conditional UPDATE with a lease; of two senders one wins.
2. `_handing`: right before the server gets the text, the row says so (`handed_at`), by the same lease.
3. `_settle`: the server's answer -> sent, refused, or back to queued with a later `due_at`; after the last
   attempt failed. No answer after 2 -> unknown.
4. `free_abandoned`: a lease that ran out before 2 -> queued again; after 2 -> unknown, which only a person
   sends again.

A sender that is killed anywhere thus loses nothing, and doubles nothing that a server may already have.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from core import clock
from core.secrets import SecretError
from tenants.binding import LABOUR, Bound
from tenants.mail.addressing import receiver
from tenants.mail.choices import MailState
from tenants.mail.errors import PartMissing
from tenants.mail.identity import has_server, server_of
from tenants.mail.models import NO_WORDS, SystemMail
from tenants.mail.smtp import Outcome, Verdict, deliver
from tenants.mail.writing import message_of

LEASE_SECONDS = 300
BACKOFF_SECONDS = (30, 120, 600, 1800, 7200, 21600, 43200)  # an attempt after each, then given up
AT_ONCE = 50
KEPT_DAYS = 180
ENDS = {"refused": MailState.REFUSED, "unknown": MailState.UNKNOWN, "later": MailState.FAILED}

Clock = Callable[[], datetime]


class LeaseLost(Exception):
    """Somebody else took the mail meanwhile: this sender stops before it hands anything over."""


def sweep(*, now: Clock = clock.now, most: int = AT_ONCE) -> int:
    """Send what is due, at most `most` mails; returns how many were tried.

    Whose server does not take a mail now is not asked again in this sweep: nobody else waits for it.
    """
    free_abandoned(now())
    with Bound(LABOUR):
        due = list(SystemMail.objects.due(now()).in_turn().values_list("ref", "brand_id")[:most])
    tried, slow = 0, set()
    for ref, brand_id in due:
        verdict = None if brand_id in slow else send_one(ref, now=now)
        tried += verdict is not None
        if verdict in ("later", "unknown"):
            slow.add(brand_id)
    return tried


def send_one(ref: UUID, *, now: Clock = clock.now) -> Verdict | None:
    """Send the mail if it is due and nobody else does; None when this call did not try it."""
    if not settings.DEMO and not _has_server(ref):
        return None
    lease = now() + timedelta(seconds=LEASE_SECONDS)
    if not claim(ref, lease=lease, now=now()):
        return None
    if settings.DEMO:
        _move(ref, lease, state=MailState.SHOWN, answer=_("This is the demo: nothing is sent."))
        return "sent"
    outcome = _attempt(ref, lease, now)
    _settle(ref, lease, outcome, now())
    return outcome.verdict


def claim(ref: UUID, *, lease: datetime, now: datetime) -> bool:
    """Take a due mail until `lease`; False when it is not due or another sender has it."""
    with Bound(LABOUR):
        due = SystemMail.objects.filter(ref=ref, state=MailState.QUEUED, due_at__lte=now)
        return bool(due.update(state=MailState.SENDING, lease_until=lease, handed_at=None))


def free_abandoned(now: datetime) -> None:
    """Settle the mails whose sender was lost: back to the queue, or unknown once they were handed over."""
    with Bound(LABOUR):
        lost = SystemMail.objects.abandoned(now)
        lost.filter(handed_at__isnull=True).update(state=MailState.QUEUED, lease_until=None)
        lost.filter(handed_at__isnull=False).update(
            state=MailState.UNKNOWN,
            lease_until=None,
            answer=_("The sender was interrupted while the server had the mail."),
        )


def forget_old(now: datetime) -> int:
    """Delete mails that settled long ago; returns how many."""
    with Bound(LABOUR):
        return SystemMail.objects.settled_before(now - timedelta(days=KEPT_DAYS)).delete()[0]


def _has_server(ref: UUID) -> bool:
    """Without a server a mail waits untouched: the settings may come."""
    with Bound(LABOUR):
        brand_id = SystemMail.objects.filter(ref=ref).values_list("brand_id", flat=True).first()
    return has_server(brand_id)


def _attempt(ref: UUID, lease: datetime, now: Clock) -> Outcome:
    try:
        with Bound(LABOUR):
            mail = SystemMail.objects.get(ref=ref)
        if receiver(mail.to) is None:
            return Outcome("refused", _("No mail can be addressed so."))
        server = server_of(mail.brand_id)
        if server is None:
            return Outcome("later", _("There is no server to send it by."))
        return deliver(server, message_of(mail), handing=lambda: _handing(ref, lease, now()))
    except (SecretError, PartMissing) as error:
        return Outcome("later", str(error))
    except LeaseLost:
        return Outcome("later", "")


def _handing(ref: UUID, lease: datetime, now: datetime) -> None:
    if not _move(ref, lease, handed_at=now, lease_until=lease):
        raise LeaseLost


def _settle(ref: UUID, lease: datetime, outcome: Outcome, now: datetime) -> None:
    """Write the verdict; a mail that left, or never will by itself, is told apart from one that waits."""
    with Bound(LABOUR):
        tried = SystemMail.objects.filter(ref=ref).values_list("attempts", flat=True).first() or 0
    changes: dict[str, object]
    if outcome.verdict == "sent":
        changes = {"state": MailState.SENT, "sent_at": now, **NO_WORDS}
    elif outcome.verdict == "later" and tried < len(BACKOFF_SECONDS):
        due = now + timedelta(seconds=BACKOFF_SECONDS[tried])
        changes = {"state": MailState.QUEUED, "due_at": due, "handed_at": None}
    else:
        changes = {"state": ENDS[outcome.verdict]}
    _move(ref, lease, attempts=tried + 1, answer=outcome.answer, **changes)


def _move(ref: UUID, lease: datetime, **changes: object) -> bool:
    """Change the row if the lease is still this sender's; leaving "sending" ends the lease."""
    if "state" in changes:
        changes.setdefault("lease_until", None)
    with Bound(LABOUR):
        mine = SystemMail.objects.filter(ref=ref, state=MailState.SENDING, lease_until=lease)
        return bool(mine.update(**changes))
