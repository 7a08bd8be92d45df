"""The wish to stop: signals only note it, the code asks at safe places, so nothing is left half started."""

import os
import signal
from types import FrameType

from config.launch.errors import Stopped

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop:
    """`asked` counts the signals: the second one means at once."""

    def __init__(self) -> None:
        self.asked = 0
        self.wake, self._bell = os.pipe()
        for end in (self.wake, self._bell):
            os.set_blocking(end, False)

    def listen(self) -> None:
        for number in SIGNALS:
            if not (number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN):  # nohup bin/up
                signal.signal(number, self._note)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._bell, warn_on_full_buffer=False)

    def check(self) -> None:
        if self.asked:
            raise Stopped

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked += 1
