"""What this room's verbs refuse, in words for the screen."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import RoomError


class OfferGone(RoomError):
    """The offer cannot be answered any more. `code`: taken, declined, expired, elsewhere or withdrawn."""

    code = "expired"


WORDS: dict[str, Promise] = {
    "taken": _("This offer was already accepted, in another tab."),
    "declined": _("This offer was already declined, in another tab."),
    "expired": _("This offer ran out. The customer is back at their place in the line."),
    "elsewhere": _("This offer ran out and was given to somebody else."),
    "withdrawn": _("This offer was withdrawn: the customer left, or you were not available."),
}


def offer_gone(code: str) -> OfferGone:
    return OfferGone(WORDS[code], code=code)


class CannotTake(RoomError):
    """The guards of an offer say no to who wants to take work over."""

    code = "cannot_take"

    def __init__(self) -> None:
        super().__init__(
            _(
                "You cannot take it now. To be given work, be Available at your open desk, certified for the "
                "client, in a pool of the queue, and with room for one more."
            )
        )


class Invalid(RoomError):
    """All that is wrong with an input at once: `errors` maps the name of a field to words for the screen."""

    status = 422
    code = "invalid"

    def __init__(self, errors: "Mapping[str, str | Promise]") -> None:
        super().__init__(_("This is not saved yet: some of it cannot be used."))
        self.errors = {name: str(words) for name, words in errors.items()}
