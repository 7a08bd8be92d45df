"""Why `up` ends, in words fit for the terminal, with the exit code that goes with them."""

ALREADY_RUNNING = 3
PORT_TAKEN = 4
SERVER_LOST = 5


class CannotRun(Exception):
    """`up` cannot go on; the message says what is wrong and how to mend it."""

    def __init__(self, message: str, *, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


class Stopped(BaseException):
    """The person at the terminal, or the system, asked for an orderly end."""
