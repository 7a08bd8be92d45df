"""The screen of practice: of sandboxes alone, for operators and for who trains there."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from interactions.actions import close_now
from interactions.models import Interaction, PracticeCustomer, PracticeRun
from interactions.practice.actions import practise
from tenants.cards import BrandCard
from tenants.choices import BrandKind
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.console.conftest import Signed
from tests.factories import TESTS, make_person
from tests.tenants.test_onboarding import Desk, brand_data, card_of

PATH = "/clients/school/practice/"
AROUND_THE_CLOCK = {"from_day": "mon", "until_day": "sun", "opens": "00:00", "closes": "24:00"}


@pytest.fixture
def school(db: None) -> BrandCard:
    desk = Desk()
    draft = desk.start(kind=BrandKind.SANDBOX)
    draft = desk.save(draft, "brand", brand_data(name="School", slug="school"))
    return card_of(desk.build(desk.save(draft, "hours", {"periods": [AROUND_THE_CLOCK]})))


def send(browser: Browser, *, path: str = PATH, **said: str) -> Any:
    return browser.post(path, {"count": "2", "minutes": "5", "ref": str(uuid4())} | said)


def runs(card: BrandCard) -> list[PracticeRun]:
    with tenant_scope(card, TESTS):
        return list(PracticeRun.objects.order_by("pk"))


class DescribeSending:
    def it_sends_them_and_says_what_became_of_each(
        self, school: BrandCard, signed: Signed, op: Actor
    ) -> None:
        browser = signed(op)
        assert "Nobody has practised yet" in browser.get(PATH).content.decode()
        assert send(browser)["Location"] == PATH
        with tenant_scope(school, TESTS):
            assert practise(now=PracticeCustomer.objects.earliest("pk").due_at) == 1
            assert Interaction.objects.get().is_test
        for path in (PATH, f"{PATH}customers/"):
            page = browser.get(path).content.decode()
            assert "Waits for an agent" in page
            assert "Not here yet" in page
            assert "Europe/Oslo" in page

    def it_says_that_nobody_is_served_before_a_queue_opens(
        self, school: BrandCard, signed: Signed, op: Actor
    ) -> None:
        browser, now = signed(op), clock.now()
        assert "waits until it opens" not in browser.get(PATH).content.decode()
        with tenant_scope(school, TESTS):
            close_now(actor="test", until=now + timedelta(hours=2), now=now)
        page = browser.get(PATH).content.decode()
        assert "Orders and returns is closed: who writes now waits until it opens, " in page
        assert "(Europe/Oslo)" in page

    def it_sends_once_what_is_sent_twice(self, school: BrandCard, signed: Signed, op: Actor) -> None:
        browser, ref = signed(op), str(uuid4())
        send(browser, ref=ref)
        send(browser, ref=ref)
        assert len(runs(school)) == 1

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({"count": "99"}, "Send 1 to 20 customers."),
            ({"count": "many"}, "Enter a whole number."),
            ({"count": "9" * 30}, "Send 1 to 20 customers."),
            ({"minutes": "500"}, "Say minutes, 0 to 120."),
            ({"ref": ""}, "Load this page again"),
        ],
    )
    def it_says_what_is_wrong(
        self, school: BrandCard, signed: Signed, op: Actor, said: dict[str, str], words: str
    ) -> None:
        answer = send(signed(op), **said)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert runs(school) == []

    def it_stops(self, school: BrandCard, signed: Signed, op: Actor) -> None:
        browser = signed(op)
        send(browser)
        ref = runs(school)[0].ref
        assert browser.post(f"{PATH}{ref}/stop/").status_code == 302
        assert runs(school)[0].stopped_at
        page = browser.get(PATH).content.decode()
        assert "Stopped" in page
        assert "nobody else comes" not in page
        assert AuditRow.objects.filter(verb="sandbox.practice_stopped", brand_id=school.id).count() == 1
        assert browser.post(f"{PATH}{uuid4()}/stop/").status_code == 404


class DescribeWho:
    @pytest.mark.parametrize("role", [Role.LEAD, Role.SUPERVISOR])
    def it_lets_trainers_of_the_sandbox_in(self, school: BrandCard, signed: Signed, role: Role) -> None:
        browser = signed(make_person("lee@example.test", (role, school)))
        assert PATH in browser.get("/clients/school/").content.decode()
        assert send(browser).status_code == 302

    @pytest.mark.parametrize("who", ["ada", "cy", "outsider"])
    def it_hides_from_others(
        self, school: BrandCard, signed: Signed, request: pytest.FixtureRequest, who: str
    ) -> None:
        browser = signed(request.getfixturevalue(who))
        assert browser.get(PATH).status_code == 404
        assert browser.get(f"{PATH}customers/").status_code == 404
        assert send(browser).status_code == 404
        assert browser.post(f"{PATH}{uuid4()}/stop/").status_code == 404
        assert runs(school) == []

    def it_is_not_there_for_a_client(
        self, acme: BrandCard, school: BrandCard, signed: Signed, op: Actor
    ) -> None:
        """No tab, no page, and no run of the school's by way of another client."""
        browser = signed(op)
        send(browser)
        ref, path = runs(school)[0].ref, "/clients/acme/practice/"
        assert path not in browser.get("/clients/acme/").content.decode()
        assert browser.get(path).status_code == 404
        assert browser.get(f"{path}customers/").status_code == 404
        assert send(browser, path=path).status_code == 404
        assert browser.post(f"{path}{ref}/stop/").status_code == 404
        assert runs(school)[0].stopped_at is None
        assert runs(acme) == []

    def it_refuses_other_methods(self, school: BrandCard, signed: Signed, op: Actor) -> None:
        browser = signed(op)
        assert browser.post(f"{PATH}customers/").status_code == 405
        assert browser.get(f"{PATH}{uuid4()}/stop/").status_code == 405
