"""To whom a mail can be addressed: what a header holds and a server is told."""

from django.core.exceptions import ValidationError
from django.core.mail.message import sanitize_address
from django.utils.translation import gettext as _

LONGEST = 254


def receiver(address: str) -> str | None:
    """Return the address as mails name it, its domain in ASCII; None: no mail can be addressed so.

    Checks of forms let more pass: control signs in quotes, domains that have no form in ASCII.
    """
    try:
        found = sanitize_address(address, "utf-8")
    except ValueError:
        return None
    return found if found.isascii() and found.isprintable() and len(found) <= LONGEST else None


def check_receiver(address: str) -> None:
    """Raise ValidationError for what no mail can be addressed to: forms ask it besides."""
    if receiver(address) is None:
        raise ValidationError(_("No mail can be addressed so."))
