"""Idempotency keys do not pile up."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from core import clock
from tenants.calls import KEPT_DAYS, digest_of, forget_calls, idempotent
from tenants.models import IdempotentCall
from tenants.tasks import BEAT, forget_old_calls
from tests.factories import NOW

AGE = timedelta(days=KEPT_DAYS)


def call(key: str, *, at: Any) -> None:
    idempotent(key, actor="user:1", route="campaign.create", digest=digest_of(b"{}")).settle(uuid4())
    IdempotentCall.objects.filter(key=key).update(at=at)


def keys() -> set[str]:
    return set(IdempotentCall.objects.values_list("key", flat=True))


@pytest.mark.django_db
class DescribeForgetting:
    def it_keeps_a_key_for_its_days(self) -> None:
        call("old", at=NOW - AGE - timedelta(seconds=1))
        call("kept", at=NOW - AGE)
        assert forget_calls(NOW) == 1
        assert keys() == {"kept"}

    def it_is_a_task_of_no_brand(self) -> None:
        call("old", at=clock.now() - AGE - timedelta(minutes=1))
        call("new", at=clock.now())
        assert forget_old_calls.apply().get() == 1
        assert keys() == {"new"}

    def it_is_sent_by_beat(self) -> None:
        assert "tenants.tasks.forget_old_calls" in {entry["task"] for entry in BEAT.values()}
