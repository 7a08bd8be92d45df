"""A worker that is killed loses no mail, and doubles none that a server may already have."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from config.launch.layout import PROJECT
from core import clock
from tenants.mail import actions, outbox
from tenants.mail.choices import MailState
from tenants.mail.models import SystemMail
from tests.mail.conftest import Post, fresh
from tests.processes import environment

WORKER = """
import django
django.setup()
from tenants.mail import outbox
outbox.sweep()
"""
pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mail(post: Post) -> SystemMail:
    return actions.queue_mail(
        "test", to="a@example.test", context={"asked_by": "x"}, brand=None, key="k", now=clock.now()
    )


@contextmanager
def worker(settings: Any) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of its own that sends what is due, with this test's database and server."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER], cwd=PROJECT, env=environment(**server(settings))
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def server(settings: Any) -> dict[str, str]:
    return {
        "EMAIL_HOST": settings.EMAIL_HOST,
        "EMAIL_PORT": str(settings.EMAIL_PORT),
        "EMAIL_USE_TLS": "0",
        "EMAIL_TIMEOUT": "300",
    }


def killed_at(where: str, post: Post, settings: Any) -> None:
    """Have a worker reach that command of the server, and kill it there."""
    post.waits_at = where
    with worker(settings) as process:
        assert post.reached.wait(60), "the worker never came"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    post.waits_at = ""


def after_the_lease() -> Any:
    later = clock.now() + timedelta(seconds=outbox.LEASE_SECONDS + 1)
    return lambda: later


def it_is_sent_once_by_the_next_when_the_text_was_not_handed_over(
    post: Post, mail: SystemMail, settings: Any
) -> None:
    killed_at("rcpt", post, settings)
    assert fresh(mail).state == MailState.SENDING
    assert outbox.sweep() == 0
    assert outbox.sweep(now=after_the_lease()) == 1
    assert fresh(mail).state == MailState.SENT
    assert len(post.taken) == 1


def it_is_in_doubt_and_never_sent_again_by_itself_once_it_was(
    post: Post, mail: SystemMail, settings: Any
) -> None:
    killed_at("data", post, settings)
    assert fresh(mail).handed_at is not None
    assert outbox.sweep(now=after_the_lease()) == 0
    assert fresh(mail).state == MailState.UNKNOWN
    post.let_go.set()
    assert outbox.sweep(now=after_the_lease()) == 0
    assert len(post.taken) <= 1


def it_is_sent_by_a_worker_of_its_own(post: Post, mail: SystemMail, settings: Any) -> None:
    with worker(settings) as process:
        assert process.wait(60) == 0
    assert fresh(mail).state == MailState.SENT
    assert len(post.taken) == 1
