"""A whole day through the real verbs, then every promise of `routing_check`: each is kept, 0 times broken."""

import json
import os
import time
from pathlib import Path

import pytest

from routing import actions as routing
from routing.actions import Profile
from routing.invariants import PROMISES, check
from routing.models import Decision, Offer, WorkItem
from tenants import actions as tenants
from tenants.cards import BrandCard, card_of
from tests.factories import NOW, TESTS, make_agent
from tests.routing.conftest import set_up
from tests.routing.virtual_day import OPEN_HOURS, VirtualDay, virtual_clock
from workforce import actions as workforce
from workforce.models import Certification

AGENTS, CONTACTS = 60, 520
pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]


def it_keeps_every_promise_for_a_day(
    acme: BrandCard, globex: BrandCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = [acme, globex, card_of(tenants.create_brand(slug="umbra", name="Umbra", actor="test", now=NOW))]
    for card in cards:
        set_up(card)
    agents = [make_agent(f"day{n}@example.test", *cards[n % 3 :][:2], name=f"Day {n}") for n in range(AGENTS)]
    for n, agent in enumerate(agents):
        workforce.set_skill(agent.user_id, code="swedish", level=n % 5 + 1, actor="test", now=NOW)
        routing.save_profile(agent.user_id, Profile(full_cap=34 + 34 * (n % 4 == 0)), actor="user:1", now=NOW)
    began = time.monotonic()
    with virtual_clock(monkeypatch) as clock:
        counts = VirtualDay(cards, agents, clock, contacts=CONTACTS).live()
        now = clock.now()
        findings = check(grant=TESTS, now=now, hours=OPEN_HOURS + 8)
    seconds = time.monotonic() - began
    assert counts.broken == []
    assert {found.name: (found.count, found.examples) for found in findings} == {
        promised.name: (0, ()) for promised in PROMISES
    }
    left = list(WorkItem.objects.live().values("state", "agent_id", "answered_at"))
    assert left == [], counts.refused[-20:]
    assert counts.answered > CONTACTS / 2
    assert Offer.objects.filter(state="expired").exists()
    assert Decision.objects.filter(detail__stage__gt=0).exists()
    assert WorkItem.objects.filter(outcome="requeued").exists()
    assert Certification.objects.filter(valid_until__isnull=False).count() == 5
    assert counts.tests
    if path := os.environ.get("VIRTUAL_DAY_JSON"):
        told = {"seconds": seconds, "came": counts.came, "answered": counts.answered, "left": counts.left}
        Path(path).write_text(json.dumps(told | {"checks": counts.checks}))
