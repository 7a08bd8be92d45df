"""Beat as a thread of the worker, for one machine (BEAT_INSIDE=1): 60 MB less than a process of its own.

In production run one `celery -A config.celery beat` instead, and workers without the variable.
"""

import logging
import os
import signal
import threading
from typing import Any

from celery import Celery, bootsteps
from celery.beat import Scheduler, Service

from config import env

log = logging.getLogger(__name__)


class BeatInside(bootsteps.StartStopStep):
    """Starts with the worker's pool and ends with it; a beat that fails ends the worker, which comes back."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.enabled = env.flag("BEAT_INSIDE")

    def create(self, parent: Any) -> "BeatInside":  # type: ignore[override]
        self.service = Service(parent.app, scheduler_cls=Scheduler)
        self.thread = threading.Thread(target=self._run, name="beat", daemon=True)
        return self

    def start(self, parent: Any = None) -> None:
        self.thread.start()

    def stop(self, parent: Any = None) -> None:
        self.service.stop()
        if threading.current_thread() is not self.thread:
            self.thread.join(timeout=2)

    terminate = stop

    def _run(self) -> None:
        try:
            self.service.start()
        except Exception:
            log.exception("beat failed; the worker ends with it")
            os.kill(os.getpid(), signal.SIGTERM)


def install(app: Celery) -> None:
    app.steps["worker"].add(BeatInside)
