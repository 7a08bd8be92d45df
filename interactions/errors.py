"""Why a verb of this room refuses. Texts are for the screen."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import RoomError
from interactions.values import MessageView


class Refused(RoomError):
    """The input is not acceptable; nothing changed."""

    status = 422
    code = "invalid"


class Invalid(Refused):
    """All that is wrong with an input at once: `errors` maps the path of a key to words for the screen."""

    def __init__(self, errors: "Mapping[str, str | Promise]") -> None:
        super().__init__(_("This is not saved yet: some of it cannot be used."))
        self.errors = {path: str(words) for path, words in errors.items()}


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


class NoRoom(RoomError):
    """The agent cannot take it (back) now; nothing changed."""

    code = "no_room"

    def __init__(self) -> None:
        super().__init__(
            _("You cannot take it right now: you are not available, or have as many as you may. It stays.")
        )


class TargetGone(RoomError):
    """Whom it should go to cannot be asked any more; it stays where it was, and the text is kept."""

    code = "target_gone"

    def __init__(self) -> None:
        super().__init__(_("They cannot be asked right now. It stays with you and your text is kept."))


class MovedOn(RoomError):
    """Somebody else has written since; `since` is the seq the sender had seen, `messages` what came after."""

    code = "moved_on"

    def __init__(self, *, since: int, messages: Sequence[MessageView] = ()) -> None:
        super().__init__(_("New messages arrived while you wrote. Read them, then send again."))
        self.since = since
        self.messages = tuple(messages)


class NotNow(RoomError):
    """A soft launch takes nobody else in: out of its hours, or as many go on as may."""

    status = 429
    code = "not_now"

    def __init__(self) -> None:
        super().__init__(_("We cannot take more messages at the moment. Please try again a little later."))
