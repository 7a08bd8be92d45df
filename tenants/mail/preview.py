"""A mail as it would look, for the settings' preview: any identity, saved or not."""

from dataclasses import dataclass

from tenants.mail.identity import Sender, sender_as
from tenants.mail.kinds import MailKind
from tenants.mail.models import MailIdentity
from tenants.mail.writing import Written, mail_language, write
from tenants.values import BrandCard


@dataclass(frozen=True, slots=True)
class Preview:
    sender: Sender
    written: Written


def preview(kind: MailKind, brand: BrandCard, identity: MailIdentity, *, language: str = "en") -> Preview:
    """Write the kind's sample as the brand with this identity would send it."""
    sender = sender_as(brand, identity)
    words = write(
        kind,
        kind.sample(brand) | {"envelope": True},
        brand=brand,
        sender=sender,
        language=mail_language(language),
    )
    return Preview(sender, words)
