"""What the verbs on second steps refuse, in words for the screen."""

from django.utils.translation import gettext_lazy as _

from core.errors import RoomError


class WrongCode(RoomError):
    """The code or the key's answer is wrong, old, or was used."""

    status = 422
    code = "wrong_code"

    def __init__(self) -> None:
        super().__init__(_("That is not right, or was used already. Try the next code."))


class TooManyKeys(RoomError):
    status = 422
    code = "too_many_keys"

    def __init__(self) -> None:
        super().__init__(_("Ten keys are the most. Remove one that you do not use any more."))
