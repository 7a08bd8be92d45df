"""Fill a kind's templates: subject, plain text and HTML, in one language, in the sender's clothes."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from core.context import PRODUCT
from tenants.mail.identity import Sender
from tenants.mail.kinds import MailKind
from tenants.mail.models import SystemMail
from tenants.mail.parts import Part, parts_of
from tenants.mail.pictures import picture_of, pictures_in, source_of
from tenants.values import BrandCard

SUBJECT_LENGTH = 300


class Whole(UnstructuredHeader, BaseHeader):
    """Written in one line: an address that is longer than a line would be encoded, and be none (RFC 8058)."""

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: {self}{policy.linesep}"


HEADERS = HeaderRegistry()
HEADERS.map_to_type("list-unsubscribe", Whole)
POLICY = default.clone(header_factory=HEADERS)


class WrongClothes(ValueError):
    """A mail that is the provider's alone was to wear a brand, or the other way round. A bug, never input."""


@dataclass(frozen=True, slots=True)
class Written:
    """A mail in words: `text` is the plain twin of `html`."""

    subject: str
    text: str
    html: str


def mail_language(wanted: str) -> str:
    """Return the wanted language if all mails have their words in it, else the default."""
    return wanted if wanted in settings.MAIL_LANGUAGES else settings.LANGUAGE_CODE


def write(
    kind: MailKind, context: dict[str, Any], *, brand: BrandCard | None, sender: Sender, language: str
) -> Written:
    """Return the mail in words. Raises WrongClothes.

    Templates get the context and `brand`, `sender`, `hue`, `language`, `direction`, `zone` (instants are told
    in it), `logo` and its source; `product` only where no brand is worn.
    """
    if not kind.may_wear(brand):
        raise WrongClothes(f"{kind.name} may not wear {brand.slug if brand else 'the provider'}")
    with translation.override(language), timezone.override(ZoneInfo(_zone(brand))):
        words = context | _clothes(brand, sender, language)
        subject = " ".join(render_to_string(kind.template("subject.txt"), words).split())
        text = _tidy(render_to_string(kind.template("txt"), words))
        html = render_to_string(kind.template("html"), words | {"subject": subject})
    return Written(subject[:SUBJECT_LENGTH], text, html.strip() + "\n")


def message_of(mail: SystemMail) -> EmailMessage:
    """Return the row as a message: plain text first, HTML as its alternative, nothing about the software.

    Raises PartMissing.
    """
    message = EmailMessage(POLICY)
    message["Subject"] = mail.subject
    message["From"] = mail.sender
    message["To"] = mail.to
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<{mail.message_id}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message["Content-Language"] = mail.language
    if mail.stop_link:
        message["List-Unsubscribe"] = f"<{mail.stop_link}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(mail.text, cte="quoted-printable")  # every server takes it, whatever it announces
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    parts = parts_of(mail.parts, mail.brand_id)
    _attach_pictures(message, mail, [part for part in parts if part.cid])
    for part in parts:
        if not part.cid:
            message.add_attachment(part.body, *part.content_type.split("/"), filename=part.name)
    return message


def _attach_pictures(message: EmailMessage, mail: SystemMail, parts: Sequence[Part]) -> None:
    """Put the pictures beside the HTML that shows them: the plain twin stays as it is."""
    html: Any = message.get_payload()[-1]  # type: ignore[index]
    for part in parts:
        html.add_related(
            part.body, *part.content_type.split("/"), cid=f"<{part.cid}>", disposition="inline",
            filename=part.name,
        )  # fmt: skip
    for cid, picture in pictures_in(mail.html, mail.brand_id).items():
        html.add_related(
            picture.body, "image", "png", cid=f"<{cid}>", disposition="inline", filename="logo.png"
        )


def _clothes(brand: BrandCard | None, sender: Sender, language: str) -> dict[str, Any]:
    return {
        "brand": brand,
        "product": None if brand else PRODUCT,
        "sender": sender,
        "hue": sender.hue,
        "logo": picture_of(brand.id, brand.logo) if brand else None,
        "logo_source": source_of(brand, sender.domain) if brand else "",
        "language": language,
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "zone": _zone(brand),
    }


def _zone(brand: BrandCard | None) -> str:
    """Name the zone that a mail's instants are told in."""
    return brand.timezone if brand else "UTC"


def _tidy(text: str) -> str:
    """Take off the blank lines that template tags leave behind."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    kept = [line for place, line in enumerate(lines) if line or (place and lines[place - 1])]
    return "\n".join(kept) + "\n"
