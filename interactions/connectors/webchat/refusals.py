"""Why a visitor is refused; the words are for the panel."""

from core.errors import RoomError


class Unwelcome(RoomError):
    """No such chat on this host, or a page that may not hold it. Which of them is not said."""

    status = 403
    code = "unavailable"


class Shut(RoomError):
    """The queue is closed and takes no message; its words say when it opens."""

    status = 409
    code = "closed"


class NotOffered(RoomError):
    """Whoever waits cannot leave a message yet."""

    status = 409
    code = "not_offered"


class AddressWanted(RoomError):
    """The queue is closed and takes a message only with an address."""

    status = 422
    code = "address_wanted"


class RateLimited(RoomError):
    status = 429
    code = "rate_limited"
    retry_after = 10
