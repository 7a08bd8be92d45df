"""Hours worked and an agent's day: accessible, within the policy, on a phone too, all of it translated."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from tenants.cards import BrandCard
from tests.accounts.conftest import Browser
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.factories import NOW, make_person
from workforce import actions

DAY = f"?on={NOW:%Y-%m-%d}"
DATA = ["Ada Berg", "Acme Outdoor", "Globex Energy", "It was the refresher", "Olu Park", "UTC"]
PAGES = ["list", "nobody", "agent", "refused", "mine", "empty", "rule", "rule_refused"]


@pytest.fixture(autouse=True)
def beside_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are made beside a running browser, in one thread: Django is told that this is meant."""
    cache.clear()
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def live_a_day(ada: Actor, op: Actor, acme: BrandCard, globex: BrandCard) -> None:
    """Six hours with breaks, talks of both clients at once, and a correction."""

    def turn(to: str, minutes: float, reason: str | None = None) -> None:
        now = NOW + timedelta(minutes=minutes)
        actions.set_availability(ada.user_id, to=to, reason_code=reason, actor=ada, now=now)

    turn("available", 3)
    for n in range(12):
        card, start = (acme, globex)[n % 2], NOW + timedelta(minutes=8 + n * 22)
        actions.engage(ada.user_id, brand_id=card.id, queue_id=1, work_item_id=n, now=start)
        actions.disengage(ada.user_id, work_item_id=n, now=start + timedelta(minutes=9 + n * 2))
    turn("away", 280, "break")
    turn("available", 300)
    turn("away", 330, "meal")
    turn("offline", 375)
    actions.correct(
        ada.user_id, start=NOW + timedelta(minutes=330), end=NOW + timedelta(minutes=360),
        availability="away", reason_code="training", brand_id=acme.id, words="It was the refresher", actor=op,
        now=NOW + timedelta(hours=9),
    )  # fmt: skip


@pytest.fixture
def html(request: pytest.FixtureRequest, ada: Actor, acme: BrandCard, globex: BrandCard) -> str:
    """The page of that name, as an operator or the agent gets it."""
    op = make_person("op@example.test", (Role.OPERATOR, None), name="Olu Park")
    live_a_day(ada, op, acme, globex)
    browser = Browser(headers={"host": "localhost:8000"})
    browser.sign_in(ada.email if request.param in {"mine", "empty"} else op.email)
    if request.param == "refused":
        said = {"start": "09:00:00", "end": "10:00:00", "state": "offline", "brand": "", "words": "No"}
        return str(browser.post(f"/days/{ada.user_id}/corrections/{DAY}", said).content.decode())
    if request.param == "rule":
        for rule, days in (("focus", 2), ("equal", 9)):
            since = (clock.now() + timedelta(days=days)).date().isoformat()
            browser.post("/days/rule/", {"rule": rule, "since": since})
        return str(browser.get("/days/rule/").content.decode())
    if request.param == "rule_refused":
        return str(browser.post("/days/rule/", {"rule": "focus", "since": "2020-01-01"}).content.decode())
    address = {
        "list": f"/days/{DAY}", "nobody": "/days/?q=zorro", "agent": f"/days/{ada.user_id}/{DAY}",
        "mine": f"/day/{DAY}", "empty": "/day/?on=2026-01-05",
    }[request.param]  # fmt: skip
    return str(browser.get(address).content.decode())


@pytest.mark.browser
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_is_accessible_and_keeps_the_policy(html: str, stage: Stage) -> None:
    assert_accessible(stage, html)


@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str) -> None:
    assert_translated(html, DATA)


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    assert_roomy(stage, html)
