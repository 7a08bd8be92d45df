"""Whom a mail is from: the brand by its identity, or the provider by the settings. Values only."""

from dataclasses import dataclass, replace
from email.utils import parseaddr

from django.conf import settings
from django.core.mail.message import sanitize_address

from core.context import PRODUCT
from tenants.binding import LABOUR, Bound
from tenants.mail.choices import MailSecurity
from tenants.mail.models import MailIdentity
from tenants.values import BrandCard


@dataclass(frozen=True, slots=True)
class Sender:
    """What a mail says of its sender. `domain` stands in its Message-ID."""

    name: str
    address: str
    reply_to: str
    footer: str
    domain: str
    hue: int | None

    @property
    def header(self) -> str:
        """The From header: the name is encoded if it must be, and can hold no line break."""
        return sanitize_address((self.name, self.address), "utf-8")


@dataclass(frozen=True, slots=True, repr=False)
class Server:
    """An SMTP server and how to sign in to it; never printed."""

    host: str
    port: int
    security: str
    user: str
    password: str


def sender_of(brand: BrandCard | None) -> Sender:
    """Return whom a mail of the brand is from (None: of the provider)."""
    return sender_as(brand, identity_of(brand)) if brand else _provider()


def identity_of(brand: BrandCard) -> MailIdentity:
    """Return the brand's identity, an empty unsaved one if it has none. The password stays sealed."""
    with Bound(LABOUR):
        found = MailIdentity.objects.defer("smtp_password").filter(pk=brand.id).first()
    return found or MailIdentity(brand_id=brand.id)


def sender_as(brand: BrandCard, identity: MailIdentity) -> Sender:
    """Return the brand's sender as this identity, saved or not, would have it."""
    plain, address = _provider(), identity.from_address
    domain = address.rpartition("@")[2] or f"{brand.slug}.{settings.BASE_HOST}"
    return replace(
        plain,
        name=identity.from_name or brand.name,
        address=address or plain.address,
        reply_to=identity.reply_to,
        footer=identity.footer,
        domain=domain,
        hue=brand.hue,
    )


def has_server(brand_id: int | None) -> bool:
    """Tell whether there is a server that the brand's mail (None: the provider's) leaves by."""
    if settings.EMAIL_HOST or brand_id is None:
        return bool(settings.EMAIL_HOST)
    with Bound(LABOUR):
        return MailIdentity.objects.filter(pk=brand_id).exclude(smtp_host="").exists()


def server_of(brand_id: int | None) -> Server | None:
    """Return the server that the brand's mail leaves by: its own, else the provider's; None without any.

    Raises SecretError when its password does not open.
    """
    with Bound(LABOUR):
        own = MailIdentity.objects.filter(pk=brand_id).exclude(smtp_host="").first() if brand_id else None
    if own:
        return Server(own.smtp_host, own.smtp_port, own.smtp_security, own.smtp_user, own.smtp_password)
    if not settings.EMAIL_HOST:
        return None
    security = MailSecurity.TLS if settings.EMAIL_USE_SSL else MailSecurity.NONE
    security = MailSecurity.STARTTLS if settings.EMAIL_USE_TLS else security
    return Server(
        settings.EMAIL_HOST,
        settings.EMAIL_PORT,
        security,
        settings.EMAIL_HOST_USER,
        settings.EMAIL_HOST_PASSWORD,
    )


def _provider() -> Sender:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return Sender(name or PRODUCT, address, "", "", settings.BASE_HOST, None)
