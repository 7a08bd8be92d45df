"""The routing screens: accessible, within the policy, on a phone too, translated."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.actor import Actor
from core import clock
from interactions import actions as interactions
from interactions.models import Inbox
from routing import actions
from routing.router import step
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.factories import TESTS, make_agent
from workforce import actions as workforce
from workforce.models import Skill

PAGES = [
    "pools", "pool", "pool_refused", "queue", "queue_refused", "terms_refused", "agents", "agent", "ramps",
    "no_rules", "rules", "rule_refused", "tried", "dry", "decisions", "waiting",
]  # fmt: skip
DATA = [
    "Acme Outdoor", "Globex Energy", "Orders and returns", "Complaints", "Helpers", "Everybody", "Ada Byrne",
    "T1", "Four weeks", "Web chat entrance", "Money", "swedish", "op@example.test", "refund", "fi",
    "much",
    'aria-hidden="true">A<',
]  # fmt: skip
RULES = "/clients/acme/routing/"


class House:
    """A client with two queues, a rule, a helper pool, an agent at work; by the verbs."""

    def __init__(self, acme: BrandCard, ada: Actor) -> None:
        self.now, self.ada, self.acme = clock.now(), ada, acme
        who: dict[str, Any] = {"actor": "user:1", "now": self.now}
        Skill.objects.create(code="swedish", name="Swedish")
        with tenant_scope(acme, TESTS):
            orders = interactions.save_queue(name="Orders and returns", target_seconds=60)
            refunds = interactions.save_queue(name="Complaints", target_seconds=120)
            self.inbox = interactions.create_inbox(name="Web chat entrance", queue=orders, config={})
            self.rule = interactions.save_rule(
                inbox_ref=self.inbox.ref, name="Money", conditions=[{"kind": "keyword", "words": ["refund"]}],
                queue_ref=refunds.ref, need="swedish >= 2 [20s: 0]", priority=1, **who,
            )  # fmt: skip
            removed = interactions.save_rule(
                inbox_ref=self.inbox.ref, name="Money", conditions=[], queue_ref=refunds.ref, **who
            )
            interactions.remove_rule(removed.ref, **who)
        self.queue, self.refunds = orders.pk, refunds
        self.pool = actions.save_pool(name="Helpers", kind="overflow", brand_id=None, **who).pk
        actions.add_member(self.pool, ada.user_id, valid_until=self.now + timedelta(hours=2), **who)
        actions.serve(self.pool, self.queue, rank=2, delay_seconds=30, min_share=10, **who)
        actions.add_overflow(self.queue, when="expected_wait", threshold=90, pool_id=self.pool, **who)
        self.took_back(who)
        ramp = actions.save_ramp(name="Four weeks", steps=[(0, 50), (28, 100)], **who)
        actions.save_profile(ada.user_id, actions.Profile(100, {"webchat": 2}, {acme.id: 1}, ramp.pk), **who)

    def took_back(self, who: dict[str, Any]) -> None:
        """Somebody was taken out of the pool, and an overflow away: both can be put back."""
        other = make_agent("tove@example.test", self.acme, name="Ada Byrne").user_id
        before = who | {"now": self.now - timedelta(minutes=1)}
        until = self.now + timedelta(days=9)
        member = actions.add_member(self.pool, other, valid_until=until, **before)
        actions.end_membership(self.pool, member.pk, **who)
        helped: dict[str, Any] = {"when": "service_level", "threshold": 80, "pool_id": self.pool}
        actions.remove_overflow(self.queue, actions.add_overflow(self.queue, **helped, **before).pk, **who)

    def write_in(self, text: str) -> Any:
        with tenant_scope(self.acme, TESTS):
            inbox = Inbox.objects.select_related("queue").get()
            return interactions.open_conversation(
                uuid4().hex, inbox=inbox, client_id=uuid4(), body=text, language="fi", page="/",
                expires_at=self.now + timedelta(days=1), now=self.now,
            ).interaction_ref  # fmt: skip

    def decided(self) -> Any:
        workforce.beat("tests", now=self.now + timedelta(hours=1))
        workforce.connect(self.ada.user_id, node="tests", channel_name="tests.1", now=self.now)
        workforce.set_availability(self.ada.user_id, to="available", actor=None, now=self.now)
        ref = self.write_in("hello")
        step(self.now + timedelta(seconds=1))
        return ref


@pytest.fixture
def html(request: pytest.FixtureRequest, operator: Browser, acme: BrandCard, ada: Actor) -> str:
    """The page of that name, as an operator gets it."""
    if request.param == "no_rules":
        with tenant_scope(acme, TESTS):
            queue = interactions.save_queue(name="Orders and returns", target_seconds=60)
            interactions.create_inbox(name="Web chat entrance", queue=queue, config={})
        return text(operator.get(RULES))
    house = House(acme, ada)
    inbox = f"{RULES}inboxes/{house.inbox.ref}/"
    typed = {
        "ref": str(uuid4()), "version": "", "name": "Money", "words": "refund", "parts": "", "codes": "",
        "calendar": "", "queue": str(house.refunds.ref), "need": "", "priority": "0",
    }  # fmt: skip
    pool, line = f"/routing/pools/{house.pool}/", f"/routing/queues/{house.queue}/"
    pages: dict[str, Any] = {
        "pools": lambda: operator.get("/routing/"),
        "pool": lambda: operator.get(pool),
        "pool_refused": lambda: operator.post(f"{pool}agents/", {"agent": "", "until": "soon"}),
        "queue": lambda: operator.get(line),
        "queue_refused": lambda: operator.post(line, {"strategy": "", "holdout": "99", "prefer_seconds": ""}),
        "terms_refused": lambda: operator.post(f"{line}contract/", {"period": "", "credits": "much"}),
        "agents": lambda: operator.get("/routing/agents/"),
        "agent": lambda: operator.get(f"/routing/agents/{ada.user_id}/"),
        "ramps": lambda: operator.get("/routing/ramps/"),
        "rules": lambda: (house.decided(), operator.get(RULES))[1],
        "rule_refused": lambda: operator.post(f"{inbox}new/", typed | {"need": "swedish >="}),
        "tried": lambda: (house.write_in("refund"), operator.post(f"{inbox}new/", typed | {"try": "1"}))[1],
        "dry": lambda: (house.write_in("refund"), operator.get(f"{inbox}dry-run/"))[1],
        "decisions": lambda: operator.get(f"{RULES}decisions/{house.decided()}/"),
        "waiting": lambda: (house.decided(), operator.get(f"{RULES}decisions/{house.write_in('refund')}/"))[
            1
        ],
    }
    return text(pages[request.param]())


def text(answer: Any) -> str:
    assert answer.status_code in {200, 422}
    return str(answer.content.decode())


@pytest.mark.browser
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_is_accessible_and_keeps_the_policy(html: str, stage: Stage) -> None:
    assert_accessible(stage, html)


@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str) -> None:
    assert_translated(re.sub(r"\b\d+:\d\d(:\d\d)?\b", "", html), DATA)


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    assert_roomy(stage, html)
