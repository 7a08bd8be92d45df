"""What this room's verbs refuse, in words for the screen."""

from django.utils.translation import gettext_lazy as _

from core.errors import RoomError


class BadAvailability(RoomError):
    """Not one of the states an agent may choose, or the reason is missing or retired."""

    code = "bad_availability"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("Choose Available, Offline, or Away with one of the reasons."))


class BadCorrection(RoomError):
    """A correction that cannot be laid over the ledger; `words` say why. Nothing has changed."""

    code = "bad_correction"
    status = 422
