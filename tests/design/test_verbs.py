"""What is asked before a conversation goes elsewhere or is put away, and how it looks then."""

# ruff: noqa: F811 - fixtures of the desk are parameters here

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import expect

from accounts.actor import Actor
from accounts.choices import Role
from accounts.models import User
from routing.models import Offer, QueuePlan, WorkItem
from tenants.cards import BrandCard
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.desk.conftest import Day, Desk, day, desk, sign_in, working  # noqa: F401 - fixtures
from tests.desk.test_handing import returns
from tests.desk.test_requesting import answered
from tests.desk.test_requesting import asked as requests_of
from tests.factories import make_agent

DATA = [
    "May they have it back?",
    "Within thirty days, yes.",
    "Hello, Eve here as well.",
    "Was order 1234 sent?",
    "And from which of your warehouses did it leave?",
    "On Monday.",
    "Lena Holm",
    "Europe/Stockholm",
    "Acme Outdoor",
    "Globex Energy",
    "Orders",
    "Returns",
    "Return",
    "Ada Berg",
    "Ada",
    "Dee Holm",
    "Eve Doe",
    "Eve",
    "Lee",
    "UTC",
    "Delivery",
    "Solved",
]


@pytest.fixture
def talk(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> UUID:
    """A conversation of Ada's; a second queue, a colleague who is free and one who is not."""
    returns(acme)
    make_agent("dee@example.test", acme, name="Dee Holm")
    ref = day.has(working, acme, "A pole snapped")
    day.at_work(make_agent("eve@example.test", acme, name="Eve Doe"))
    return ref


@pytest.fixture
def html(request: pytest.FixtureRequest, desk: Desk, day: Day, talk: UUID, acme: BrandCard) -> str:
    """The desk in the state of that name, a dialog of it open; `plain …` is the page without scripts."""
    return str(PAGES[request.param](desk, day, acme, f"/desk/acme/{talk}/"))


def asked(desk: Desk, day: Day, acme: BrandCard, path: str, act: str) -> str:
    page = desk.get(path).content.decode()
    dialog = desk.part(act).content.decode().replace("<dialog", "<dialog open")
    assert '<div id="asked"></div>' in page
    return str(page.replace('<div id="asked"></div>', f'<div id="asked">{dialog}</div>'))


def after(desk: Desk, path: str, act: str, **data: str) -> str:
    assert desk.post(f"{path}{act}/", data).status_code in {200, 303}
    return str(desk.get(path).content.decode())


def line(desk: Desk, day: Day, acme: BrandCard, path: str) -> str:
    QueuePlan.objects.update(pull_allowed=True)
    day.writes(acme, "Where is my parcel?", name="Rui Fonseca")
    return asked(desk, day, acme, path, "/desk/line/")


def closed(desk: Desk, path: str) -> str:
    desk.post(f"{path}wrap-up/")
    return after(desk, path, "disposition", reason="delivery", outcome="solved")


def asks(desk: Desk, path: str) -> Desk:
    """Ada asks Eve; returns Eve's browser."""
    hers = Desk("eve@example.test")
    eve = User.objects.get(email="eve@example.test")
    data = {"to": f"a{eve.pk}", "words": "May they have it back?", "client_id": str(uuid4())}
    assert desk.post(f"{path}consult/", data).status_code == 303
    return hers


def consults(desk: Desk, path: str, *, writes: bool = False) -> Desk:
    """Eve reads along and has said something; with `writes` to the customer too."""
    hers = asks(desk, path)
    offer = Offer.objects.pending().get()
    assert hers.post(f"/offers/{offer.ref}/acceptance/").status_code == 303
    said = {"ref": path.split("/")[3], "brand": "acme", "last_seq": "99"}
    answer = said | {"client_id": str(uuid4()), "body": "Within thirty days, yes."}
    assert hers.post(f"{path}notes/", answer).status_code == 303
    if writes:
        place = WorkItem.consults.get().ref
        assert desk.post(f"{path}consult/{place}/entry/").status_code == 303
        reply = said | {"client_id": str(uuid4()), "body": "Hello, Eve here as well."}
        assert hers.post(f"{path}replies/", reply).status_code == 303
    return hers


def taken_out(desk: Desk, day: Day, acme: BrandCard, path: str) -> str:
    consults(desk, path)
    lead = Desk(make_agent("lee@example.test", acme, seats=((Role.LEAD, acme),), name="Lee").email)
    return asked(lead, day, acme, path, f"{path}consult/{WorkItem.consults.get().ref}/removal/")


def asked_client(desk: Desk, day: Day, acme: BrandCard, path: str) -> str:
    """The client has answered once and is asked again about something else."""
    ref = UUID(path.split("/")[3])
    for question in ("Was order 1234 sent?", "And from which of your warehouses did it leave?"):
        typed = {"kind": "check", "question": question, "hours": "2", "key": str(uuid4())}
        assert desk.act(f"{path}request/", typed).status_code == 200
        if question.startswith("Was"):
            answered(acme, requests_of(acme, ref)[0].ref)
    return asked(desk, day, acme, path, f"{path}request/")


def page_of(desk: Desk, path: str) -> str:
    return str(desk.get(path).content.decode())


PAGES: dict[str, Callable[[Desk, Day, BrandCard, str], object]] = {
    "hand over": lambda desk, day, acme, path: asked(desk, day, acme, path, f"{path}transfer/"),
    "refused": lambda desk, day, acme, path: desk.post(f"{path}transfer/", {"to": "q1"}).content.decode(),
    "snooze": lambda desk, day, acme, path: asked(desk, day, acme, path, f"{path}snooze/"),
    "line": line,
    "plain line": lambda desk, day, acme, path: desk.get("/desk/line/").content.decode(),
    "plain snooze": lambda desk, day, acme, path: desk.get(f"{path}snooze/").content.decode(),
    "held": lambda desk, day, acme, path: after(desk, path, "hold"),
    "snoozed": lambda desk, day, acme, path: after(desk, path, "snooze", until="morning"),
    "ask": lambda desk, day, acme, path: asked(desk, day, acme, path, f"{path}consult/"),
    "asked": lambda desk, day, acme, path: asks(desk, path) and page_of(desk, path),
    "offered": lambda desk, day, acme, path: page_of(asks(desk, path), "/desk/"),
    "consulting": lambda desk, day, acme, path: consults(desk, path) and page_of(desk, path),
    "reading along": lambda desk, day, acme, path: page_of(consults(desk, path), path),
    "two write": lambda desk, day, acme, path: consults(desk, path, writes=True) and page_of(desk, path),
    "writing along": lambda desk, day, acme, path: page_of(consults(desk, path, writes=True), path),
    "take out": taken_out,
    "ask client": lambda desk, day, acme, path: asked(desk, day, acme, path, f"{path}request/"),
    "asked client": asked_client,
    "plain ask client": lambda desk, day, acme, path: desk.get(f"{path}request/").content.decode(),
    "closed": lambda desk, day, acme, path: closed(desk, path),
}
MORE = "document.getElementById('more-acts')?.showPopover()"


@pytest.mark.browser
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_is_accessible(html: str, stage: Stage) -> None:
    assert_accessible(stage, html, lambda page: page.evaluate(MORE))


@pytest.mark.usefixtures("pseudo_locale")
class DescribeLongerWords:
    @pytest.mark.parametrize("html", PAGES, indirect=True)
    def it_leaves_nothing_untranslated(self, html: str) -> None:
        assert_translated(html, DATA)

    @pytest.mark.browser
    @pytest.mark.parametrize("theme", ["light"], indirect=True)
    @pytest.mark.parametrize("html", PAGES, indirect=True)
    def it_has_room_for_longer_words(self, html: str, stage: Stage) -> None:
        assert_roomy(stage, html)


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("width", ["wide", "phone"], indirect=True)
@pytest.mark.parametrize("html", ["hand over"], indirect=True)
def it_is_searched_and_chosen_by_the_keyboard(html: str, stage: Stage) -> None:
    page = stage.show(html)
    page.focus("#pick-search")
    page.keyboard.type("eve")
    expect(page.locator(".pick:visible")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#sheet-words")).to_be_focused()
    assert page.locator("input[name=to]:checked").get_attribute("value").startswith("a")  # type: ignore[union-attr]
    page.fill("#pick-search", "zzz")
    expect(page.locator("[data-none]")).to_be_visible()
