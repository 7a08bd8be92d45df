"""What the verbs on mails refuse, in words for the screen."""

from django.utils.translation import gettext_lazy as _

from core.errors import RoomError


class NotResendable(RoomError):
    """The mail waits, has left, or was withdrawn."""

    code = "mail_settled"

    def __init__(self) -> None:
        super().__init__(_("This mail is on its way or has left: there is nothing to send again."))


class PartMissing(Exception):
    """What a mail promises to carry cannot be made now; the words are fit for its log."""
