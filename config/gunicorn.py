"""Pages: one process, a few threads; its worker ends with it whatever happens (Linux)."""

import gc
import signal
from pathlib import Path
from typing import Any

from config.launch.process import die_with

preload_app = True  # a killed worker is forked again at once, and shares what was loaded
worker_class = "gthread"
workers = 1
threads = 8
timeout = 60
graceful_timeout = 3
keepalive = 5
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - heartbeats never wait for a disk


def when_ready(server: Any) -> None:
    gc.freeze()  # collecting what is shared would copy it


def post_fork(server: Any, worker: Any) -> None:
    die_with(signal.SIGKILL, parent=server.pid)
