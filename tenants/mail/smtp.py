"""One mail over SMTP (RFC 5321), step by step, because the step decides what an error means.

Before the text is handed over an error is harmless: the mail waits. After the server was given the text and
did not answer, nobody knows: such a mail is never sent again by itself.
"""

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from typing import Literal

from django.conf import settings
from django.utils.translation import gettext as _

from tenants.mail.choices import MailSecurity
from tenants.mail.identity import Server

Verdict = Literal["sent", "refused", "later", "unknown"]
OK = range(200, 300)
NEVER = range(500, 600)
LENGTH = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mail, and the server's own words (or ours, when it said none)."""

    verdict: Verdict
    answer: str


class _Said(Exception):
    """The server answered a command with something else than yes."""

    def __init__(self, code: int, words: bytes | str) -> None:
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        self.permanent = code in NEVER
        super().__init__(f"{code} {' '.join(text.split())}"[:LENGTH])


def deliver(server: Server, message: EmailMessage, *, handing: Callable[[], None]) -> Outcome:
    """Give the message to the server; `handing` is called right before it gets the text.

    What it calls permanent about the addresses or the text is "refused"; about our sign-in or its greeting it
    is "later", since the mail itself may be fine.
    """
    handed = False
    try:
        with _session(server) as session:
            _introduce(session, message)
            handing()
            handed = True
            answer = _hand_over(session, message)
    except _Said as said:
        return Outcome("refused" if said.permanent else "later", str(said))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return Outcome("unknown" if handed else "later", _words_of(error))
    return Outcome("sent", answer)


class _session:
    """A connection that is greeted, encrypted and signed in; it says goodbye whatever happens."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def __enter__(self) -> smtplib.SMTP:
        self.smtp = self._connect()
        try:
            self._prepare()
        except BaseException:
            self.smtp.close()
            raise
        return self.smtp

    def __exit__(self, *error: object) -> None:
        with suppress(OSError, smtplib.SMTPException):
            if error[0] is None or isinstance(error[1], _Said):
                self.smtp.quit()
        self.smtp.close()

    def _connect(self) -> smtplib.SMTP:
        wait, host, port = settings.EMAIL_TIMEOUT, self.server.host, self.server.port
        name = settings.BASE_HOST if "." in settings.BASE_HOST else None
        if self.server.security == MailSecurity.TLS:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, port, local_hostname=name, timeout=wait, context=context)
        return smtplib.SMTP(host, port, local_hostname=name, timeout=wait)

    def _prepare(self) -> None:
        if self.server.security == MailSecurity.STARTTLS:
            self.smtp.starttls(context=ssl.create_default_context())
        if self.server.user:
            self.smtp.login(self.server.user, self.server.password)


def _introduce(session: smtplib.SMTP, message: EmailMessage) -> None:
    """Name sender and recipient; the server may refuse either."""
    session.ehlo_or_helo_if_needed()
    _want(session.mail(parseaddr(message["From"])[1]))
    _want(session.rcpt(parseaddr(message["To"])[1]))


def _hand_over(session: smtplib.SMTP, message: EmailMessage) -> str:
    """Send the text and return what the server says to it."""
    try:
        code, words = session.data(message.as_bytes(policy=SMTP))
    except smtplib.SMTPDataError as error:  # it did not want to hear the text
        raise _Said(error.smtp_code, error.smtp_error) from None
    _want((code, words))
    return f"{code} {words.decode('utf-8', 'replace')}"[:LENGTH]


def _want(answer: tuple[int, bytes]) -> None:
    if answer[0] not in OK:
        raise _Said(*answer)


def _words_of(error: Exception) -> str:
    """Say in one line what went wrong, without what was sent."""
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        said = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
        return f"{error.smtp_code} {' '.join(said.split())}"[:LENGTH]
    if isinstance(error, TimeoutError) or "timed out" in str(error):  # smtplib hides the one in another
        return _("No answer in time.")
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return _("The server hung up.")
    return f"{type(error).__name__}: {error}"[:LENGTH]
