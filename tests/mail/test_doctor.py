"""The doctor says when mail waits, and why."""

from typing import Any

import pytest

from config.doctor import fleet
from config.doctor.registry import Ill
from tenants.mail.choices import MailState
from tenants.mail.models import SystemMail
from tests.mail.conftest import Post, Promise


@pytest.fixture
def waiting(promise: Promise) -> SystemMail:
    """A mail that has been due since long ago."""
    return promise()


def it_is_well_when_nothing_waits(post: Post, db: None) -> None:
    assert "127.0.0.1; 0 refused" in fleet.mail()


def it_counts_what_a_person_must_look_at(post: Post, waiting: SystemMail) -> None:
    SystemMail.objects.filter(pk=waiting.pk).update(state=MailState.UNKNOWN)
    assert "1 refused, given up or perhaps sent" in fleet.mail()


def it_says_when_nobody_sends(post: Post, waiting: SystemMail) -> None:
    with pytest.raises(Ill, match="1 wait for more than ten minutes"):
        fleet.mail()


def it_says_when_there_is_no_server(post: Post, waiting: SystemMail, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    with pytest.raises(Ill, match="there is no server") as ill:
        fleet.mail()
    assert "EMAIL_HOST" in ill.value.mend


def it_waits_for_nothing_in_the_demo(post: Post, waiting: SystemMail, settings: Any) -> None:
    settings.DEMO = True
    assert "/dev/mail/" in fleet.mail()
