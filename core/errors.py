"""Errors a room raises for its callers. The text is fit for the screen; `status` is what HTTP answers."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ABSENT = _("That is not here, or not yours to see.")


class RoomError(Exception):
    """A command was refused and changed nothing. `code` is for scripts, the message for people."""

    status = 409
    code = "refused"

    def __init__(
        self, message: "str | Promise", *, code: str | None = None, status: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.status = status or self.status


class NotFound(RoomError):
    """Absent or forbidden: the two look the same."""

    status = 404
    code = "not_found"

    def __init__(self, message: "str | Promise" = ABSENT) -> None:
        super().__init__(message)
