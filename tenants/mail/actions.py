"""The verbs on mails: promise one, take it back, send it again, say whom a brand's mails are from."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from core.errors import NotFound
from core.ids import new_ref
from core.lazy import LazyModule
from tenants.audit import audit
from tenants.binding import LABOUR, Bound
from tenants.mail.addressing import receiver
from tenants.mail.choices import RESENDABLE, MailState
from tenants.mail.errors import NotResendable
from tenants.mail.identity import sender_of
from tenants.mail.kinds import kind_named
from tenants.mail.models import NO_WORDS, MailIdentity, SystemMail
from tenants.mail.parts import Named
from tenants.mail.writing import mail_language, write
from tenants.values import BrandCard

celery = LazyModule("tenants.tasks")
tasks = LazyModule("tenants.mail.tasks")

IDENTITY_FIELDS = (
    "from_name", "from_address", "reply_to", "footer",
    "smtp_host", "smtp_port", "smtp_security", "smtp_user", "smtp_password",
)  # fmt: skip


def queue_mail(
    kind: str,
    *,
    to: str,
    context: dict[str, Any],
    brand: BrandCard | None,
    key: str,
    now: datetime,
    language: str = "en",
    parts: Sequence[Named] = (),
    stop_link: str = "",
) -> SystemMail:
    """Promise one mail, as part of the caller's transaction: it is written now and sent after the commit.

    `key` names what it is about ("invitation:<ref>:1"): a second call with it promises nothing new and
    returns the first mail. `language` falls back to one that mails are written in. `parts` are made when it
    is sent (tenants.mail.parts); `stop_link` is where its reader ends such mails (RFC 8058). An address that
    no mail can have is the outbox's to refuse: it holds up nothing else of the transaction.

    Raises UnknownKind and WrongClothes, which are bugs.
    """
    sender, language = sender_of(brand), mail_language(language)
    words = write(kind_named(kind), context, brand=brand, sender=sender, language=language)
    ref = new_ref(now)
    mail = SystemMail(
        ref=ref,
        key=key,
        kind=kind,
        brand_id=brand.id if brand else None,
        language=language,
        to=receiver(to) or to,
        sender=sender.header,
        reply_to=sender.reply_to,
        message_id=f"{ref.hex}@{sender.domain}",
        subject=words.subject,
        text=words.text,
        html=words.html,
        parts=list(parts),
        stop_link=stop_link,
        due_at=now,
        created_at=now,
    )
    with Bound(LABOUR):
        SystemMail.objects.bulk_create([mail], ignore_conflicts=True)
        kept = SystemMail.objects.defer("text", "html", "stop_link").get(key=key)
    if kept.ref == ref:
        celery.enqueue(tasks.send_mail, brand=None, ref=str(ref))
    return kept


def withdraw_mail(mail_id: int) -> bool:
    """Take a mail back that has not left, as part of the caller's transaction; False when it is too late."""
    return bool(_withdraw(pk=mail_id))


def withdraw_mails(refs: Collection[UUID], *, brand_id: int | None) -> int:
    """Take the brand's mails back that have not left; returns how many."""
    return _withdraw(ref__in=refs, brand_id=brand_id)


def get_mail(ref: UUID, *, brand_id: int | None) -> SystemMail:
    """Return the mail of that brand (None: the provider's) without its texts. Raises NotFound."""
    with Bound(LABOUR):
        mail = SystemMail.objects.of_brand(brand_id).listed().filter(ref=ref).first()
    if mail is None:
        raise NotFound
    return mail


def send_again(ref: UUID, *, brand_id: int | None, actor: str, now: datetime) -> None:
    """Queue a mail anew that was refused, given up, or perhaps sent: a person decides that.

    Raises NotFound, NotResendable.
    """
    mail = get_mail(ref, brand_id=brand_id)
    with Bound(LABOUR), transaction.atomic():
        stuck = SystemMail.objects.filter(pk=mail.pk, state__in=RESENDABLE)
        if not stuck.update(state=MailState.QUEUED, due_at=now, attempts=0, handed_at=None, answer=""):
            raise NotResendable
        audit("mail.resent", actor=actor, brand_id=brand_id, object=f"mail:{ref}", now=now)
        celery.enqueue(tasks.send_mail, brand=None, ref=str(ref))


def set_identity(brand_id: int, *, values: dict[str, Any], actor: str, now: datetime) -> None:
    """Say whom the brand's mails are from; `values` by IDENTITY_FIELDS, those left out stay as they are.

    Changes are written down by the field's name, never by its value.
    """
    unknown = set(values) - set(IDENTITY_FIELDS)
    if unknown:
        raise ValueError(f"not of a mail identity: {sorted(unknown)}")
    with Bound(LABOUR), transaction.atomic():
        rows = MailIdentity.objects.defer("smtp_password").select_for_update()
        row, _created = rows.get_or_create(pk=brand_id)
        changed = sorted(name for name, value in values.items() if _differs(row, name, value))
        if not changed:
            return
        for name in changed:
            setattr(row, name, values[name])
        row.changed_at = now
        row.save(update_fields=[*changed, "changed_at"])
        audit(
            "mail.identity_changed",
            actor=actor,
            brand_id=brand_id,
            object=f"brand:{brand_id}",
            diff={"fields": changed},
            now=now,
        )


def _withdraw(**which: Any) -> int:
    with Bound(LABOUR):
        waiting = SystemMail.objects.filter(**which, state=MailState.QUEUED)
        return waiting.update(state=MailState.WITHDRAWN, **NO_WORDS)


def _differs(row: MailIdentity, name: str, value: Any) -> bool:
    """A password that is given is new: the old one need not open to be replaced."""
    return name == "smtp_password" or getattr(row, name) != value
