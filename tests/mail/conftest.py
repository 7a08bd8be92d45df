"""A real SMTP server on this machine, which takes, refuses, puts off, or keeps silent as a test wants."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tenants.cards import BrandCard
from tenants.mail import actions, outbox
from tenants.mail.models import SystemMail
from tests.factories import NOW


class Post:
    """What the server does: `rcpt` and `data` are its answers; it is held at `waits_at`, "rcpt" or "data"."""

    def __init__(self) -> None:
        self.rcpt, self.data = "250 OK", "250 Taken as 4711"
        self.waits_at = ""
        self.reached = threading.Event()
        self.let_go = threading.Event()
        self.taken: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.seen: list[str] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.seen.append(address)
        await self._hold("rcpt")
        if self.rcpt.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        await self._hold("data")
        if self.data.startswith("2"):
            content: Any = envelope.content
            self.raw.append(content)
            self.taken.append(message_from_bytes(content, policy=policy.default))
        return self.data

    async def _hold(self, where: str) -> None:
        if self.waits_at == where:
            self.reached.set()
            while not self.let_go.is_set():  # noqa: ASYNC110 - the test lets go from another thread
                await asyncio.sleep(0.02)


@contextmanager
def serving(made: Post, settings: Any, **options: Any) -> Iterator[Post]:
    """Run the server; the settings lead to it, without encryption."""
    settings.DEMO = False
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(made, hostname="127.0.0.1", port=port, ready_timeout=60, **options)
    controller.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = 10
    yield made
    made.let_go.set()
    controller.stop()


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    """The provider's server, which asks nobody to sign in."""
    with serving(Post(), settings) as made:
        yield made


@pytest.fixture
def guarded(settings: Any) -> Iterator[Post]:
    """The provider's server, which lets in "acme" with "hunter2" and nobody else."""

    def lets_in(server: Any, session: Any, envelope: Any, mechanism: str, told: Any) -> AuthResult:
        return AuthResult(success=(told.login, told.password) == (b"acme", b"hunter2"), handled=False)

    options = {"authenticator": lets_in, "auth_required": True, "auth_require_tls": False}
    with serving(Post(), settings, **options) as made:
        yield made


Promise = Callable[..., SystemMail]


@pytest.fixture
def promise(db: None) -> Promise:
    """Queue a test mail: `promise("a@example.test", brand=acme)`."""

    def make(
        to: str = "lena@example.test", *, brand: BrandCard | None = None, key: str = "", **more: Any
    ) -> SystemMail:
        return actions.queue_mail(
            "test",
            to=to,
            context={"asked_by": "Amara"},
            brand=brand,
            key=key or f"test:{to}",
            now=NOW,
            **more,
        )

    return make


def sweep(at: datetime = NOW) -> int:
    """Send what is due at that instant."""
    return outbox.sweep(now=lambda: at)


def later(**ago: float) -> datetime:
    return NOW + timedelta(**ago)


def fresh(mail: SystemMail) -> SystemMail:
    return SystemMail.objects.get(pk=mail.pk)
