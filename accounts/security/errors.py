"""What the verbs of sign-in security refuse, in words for the screen."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.errors import RoomError


class BadNetwork(RoomError):
    """A line of a list of networks is none."""

    status = 422
    code = "bad_network"

    def __init__(self, line: str, why: "str | Promise") -> None:
        super().__init__(f"{line[:60]}: {why}")


class LocksYouOut(RoomError):
    """The list of networks leaves out the address that it was sent from."""

    status = 422
    code = "locks_you_out"

    def __init__(self, address: str) -> None:
        words = _("You are on %(address)s, which is in none of these networks: you would lock yourself out.")
        super().__init__(words % {"address": address or "?"})


class NothingFormer(RoomError):
    code = "nothing_former"

    def __init__(self) -> None:
        super().__init__(_("There is no change to take back."))


class TriesSpent(RoomError):
    """Too many failures in a row; `minutes` (whole, at least 1) until the next try."""

    status = 429
    code = "too_many_tries"

    def __init__(self, minutes: int) -> None:
        words = ngettext(
            "Too many attempts. Wait %(minutes)d minute, then try again.",
            "Too many attempts. Wait %(minutes)d minutes, then try again.",
            minutes,
        )
        super().__init__(words % {"minutes": minutes})
        self.minutes = minutes
