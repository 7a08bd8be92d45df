"""Pages: one process, a few threads; its worker ends with it whatever happens (Linux).

The master loads nothing of ours: with one worker there is nobody to share it with, and pages copied on write
would be kept twice.
"""

import signal
from pathlib import Path
from typing import Any

from config import env
from config.launch.process import die_with
from core.heap import settle
from core.lazy import put_off

worker_class = "gthread"
workers = 1
threads = 8
timeout = 60
graceful_timeout = 3
keepalive = 5
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - heartbeats never wait for a disk


def when_ready(server: Any) -> None:
    """Let the worker share what the master has: a collector that looks at it would copy its pages."""
    settle()


def post_fork(server: Any, worker: Any) -> None:
    die_with(signal.SIGKILL, parent=server.pid)
    put_off(env.words("PUT_OFF"))  # Django loads a part of itself before it reads the settings


def post_worker_init(worker: Any) -> None:
    """Load the pages before somebody waits for the first one; its own lines hold no tokens either."""
    from django.conf import settings
    from django.urls import get_resolver

    from core.logs import ShortLinks

    for handler in worker.log.error_log.handlers:
        handler.addFilter(ShortLinks())

    for urls in (settings.PUBLIC_URLCONF, settings.BRAND_URLCONF):
        get_resolver(urls).url_patterns  # noqa: B018 - looking loads them
    settle()
