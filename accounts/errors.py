"""What this room's verbs refuse, in words for the screen."""

from django.utils.translation import gettext_lazy as _

from core.errors import RoomError


class EmailTaken(RoomError):
    """Somebody signs in with this address already."""

    code = "email_taken"

    def __init__(self) -> None:
        super().__init__(_("Somebody signs in with this e-mail address already."))


class HandoffRefused(RoomError):
    """The code is unknown, used, expired, or another brand's; which one is not told."""

    code = "handoff_refused"
    status = 410

    def __init__(self) -> None:
        super().__init__(_("This link has been used or has expired. Open the page again to get a new one."))
