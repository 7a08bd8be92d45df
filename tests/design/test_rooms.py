"""Desk, list of clients and portal in the made-up language: all is translated, longer words have room."""

from uuid import uuid4

import pytest

from accounts.actor import Actor
from reporting.catalogue import REPORTED
from tenants.cards import BrandCard
from tests.accounts.conftest import Browser
from tests.design.conftest import Stage
from tests.design.demands import assert_roomy, assert_translated
from tests.desk.conftest import Day, Desk, Sign, day, desk, sign_in, working  # noqa: F401 - fixtures


@pytest.fixture(autouse=True)
def english(pseudo_locale: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are made beside a running browser, in one thread: Django is told that this is meant."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def talking(desk: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard) -> str:  # noqa: F811
    """A desk with a conversation and an offer ringing; returns the address of the open conversation."""
    ref = day.has(working, acme, "A pole snapped, my card is 4111 1111 1111 1111")
    day.says(acme, ref, "Are you there?")
    day.rings(globex, day.writes(globex, "Moving house", name="Rui Fonseca"), working)
    return f"/desk/acme/{ref}/"


@pytest.fixture
def html(request: pytest.FixtureRequest) -> str:
    """The page of that name, made by the client of who may open it."""
    return str(request.getfixturevalue(f"page_{request.param}"))


@pytest.fixture
def page_empty_desk(desk: Desk) -> str:  # noqa: F811
    return str(desk.get("/desk/").content.decode())


@pytest.fixture
def page_conversation(desk: Desk, talking: str) -> str:  # noqa: F811
    return str(desk.get(talking).content.decode())


@pytest.fixture
def page_wrap_up(desk: Desk, talking: str) -> str:  # noqa: F811
    desk.post(f"{talking}wrap-up/")
    return str(desk.get(talking).content.decode())


@pytest.fixture
def page_refused(desk: Desk) -> str:  # noqa: F811
    """What a browser without scripts gets for what cannot be done."""
    return str(desk.post("/availability/", {"to": "elsewhere"}).content.decode())


@pytest.fixture
def page_absent(desk: Desk) -> str:  # noqa: F811
    return str(desk.get(f"/desk/acme/{uuid4()}/").content.decode())


@pytest.fixture
def page_clients(sign_in: Sign, bo: Actor) -> str:  # noqa: F811
    return str(sign_in(bo).get("/clients/").content.decode())


@pytest.fixture
def portal(day: Day, working: Actor, globex: BrandCard, cy: Actor) -> Browser:  # noqa: F811
    """The browser of Globex's manager, after a conversation that was held and one that nobody took."""
    day.leaves(globex, day.has(working, globex, "The bill is wrong"))
    day.leaves(globex, day.writes(globex, "Hello?", name=""))
    browser = Browser()
    browser.enter(cy.email, "globex")
    return browser


def _at(browser: Browser, path: str) -> str:
    return str(browser.at(f"http://globex.localhost:8000{path}").content.decode())


@pytest.fixture
def page_report(portal: Browser) -> str:
    return _at(portal, "/report/")


@pytest.fixture
def page_rows(portal: Browser) -> str:
    return _at(portal, "/report/rows/offered/?days=7")


@pytest.fixture
def page_transcript(portal: Browser, page_rows: str) -> str:
    return _at(portal, page_rows.split('class="link" href="')[1].split('"')[0])


# What is printed of the brand's and our own: names, reasons, a zone, ids of metrics, the letter of the mark.
DATA = [
    *(metric.key for metric in REPORTED),
    *("Globex Energy", "Australia/Adelaide", "Orders", "Ada", "Delivery", "Return", "Solved"),
    'aria-hidden="true">G<',
]
DESK = ["empty_desk", "conversation", "wrap_up", "refused", "absent"]
PAGES = [*DESK, "clients", "report", "rows", "transcript"]


@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_leaves_nothing_untranslated(html: str) -> None:
    assert_translated(html, DATA)


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("html", PAGES, indirect=True)
def it_has_room_for_longer_words(html: str, stage: Stage) -> None:
    assert_roomy(stage, html)
