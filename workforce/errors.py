"""What this room's verbs refuse, in words for the screen."""

from django.utils.translation import gettext_lazy as _

from core.errors import RoomError


class BadAvailability(RoomError):
    """Not one of the states an agent may choose, or the reason is missing or retired."""

    code = "bad_availability"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("Choose Available, Offline, or Away with one of the reasons."))


class AliasTaken(RoomError):
    """Another agent is called so towards this client."""

    code = "alias_taken"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("Another agent is called so towards this client. Choose another name."))


class BadAlias(RoomError):
    """Too long, or with signs that cannot be read."""

    code = "bad_alias"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("At most 80 signs, on one line."))


class BadCertification(RoomError):
    """Without a version, or over before it begins."""

    code = "bad_certification"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("Name a version of at most 32 signs, and an end that is still to come."))


class NameTaken(RoomError):
    """A site, team or skill of that name is there."""

    code = "name_taken"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("There is one of this name already."))


class InUse(RoomError):
    """Somebody works there, or has it."""

    code = "in_use"

    def __init__(self, count: int) -> None:
        words = _("People who are still there: %(count)d. Move them first.")
        super().__init__(words % {"count": count})


class FileRefused(RoomError):
    """The file as a whole cannot be read as people."""

    code = "file_refused"
    status = 422


class ImportRefused(RoomError):
    """A line is not in order by now, or the file was imported or forgotten: nothing was written."""

    code = "import_refused"


class ChangeRefused(RoomError):
    """The bulk change cannot be made, or not be undone any more."""

    code = "change_refused"


class LeavingRefused(RoomError):
    """Somebody cannot leave, or come back, as asked."""

    code = "leaving_refused"


class WelcomeRefused(RoomError):
    """The link to a first password is unknown, used, or too old."""

    code = "welcome_refused"
    status = 410


class BadCorrection(RoomError):
    """A correction that cannot be laid over the ledger; `words` say why. Nothing has changed."""

    code = "bad_correction"
    status = 422


class MovedOn(RoomError):
    """What was decided on is not so any more."""

    code = "moved_on"

    def __init__(self) -> None:
        super().__init__(_("Meanwhile this has changed. Look again, then decide."))


class NoWords(RoomError):
    """An act on somebody else's work says why."""

    code = "no_words"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("Say why, in 3 to 200 characters: it is kept with your name."))
