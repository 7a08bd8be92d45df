"""What is done regularly in every brand."""

from typing import Any

import pytest

from interactions import tasks
from tenants.cards import BrandCard
from tenants.onboarding.actions import pause
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["apply_changes", "tell_hours"])
def it_is_done_in_a_paused_brand_too(
    name: str, acme: BrandCard, globex: BrandCard, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    pause(acme, actor="user:1", now=NOW)
    sent: list[int] = []
    monkeypatch.setattr(getattr(tasks, name), "apply_async", lambda kwargs: sent.append(kwargs["brand_id"]))
    task = {"apply_changes": tasks.apply_all_changes, "tell_hours": tasks.tell_all_hours}[name]
    with django_capture_on_commit_callbacks(execute=True):
        assert task() >= 2
    assert {acme.id, globex.id} <= set(sent)
