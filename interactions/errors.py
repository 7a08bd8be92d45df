"""Why a verb of this room refuses. Texts are for the screen."""

from django.utils.translation import gettext_lazy as _

from core.errors import RoomError


class Refused(RoomError):
    """The input is not acceptable; nothing changed."""

    status = 422
    code = "invalid"


class WrongState(RoomError):
    """The interaction is not in a state where this can happen; nothing changed."""

    code = "wrong_state"


class Ended(WrongState):
    code = "ended"

    def __init__(self) -> None:
        super().__init__(_("This conversation has ended."))


class NotYours(RoomError):
    """Somebody else has it now."""

    code = "not_yours"

    def __init__(self) -> None:
        super().__init__(_("This conversation is no longer with you. Your text is kept."))


class MovedOn(RoomError):
    """The conversation has newer messages than the sender had seen; `since` is the seq they had."""

    code = "moved_on"

    def __init__(self, *, since: int) -> None:
        super().__init__(_("New messages arrived while you wrote. Read them, then send again."))
        self.since = since
