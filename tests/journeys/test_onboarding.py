"""An operator brings a client live: the wizard, a test conversation that an agent answers, the checklist."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Desk, Window, desk_of, sign_in
from tests.journeys.test_accessible import check
from tests.stack import RunningStack

pytestmark = pytest.mark.browser

NAME = "Vandelay Imports"
SLUG = "vandelay-imports"
AGENT = "ruby@harbour.example"
OTHER = "tomas@harbour.example"


def it_brings_a_client_live_from_nothing(stack: RunningStack, window: Window) -> None:
    page = window()
    sign_in(page, f"{stack.base}/clients/", "sara@harbour.example")
    set_up(page)
    stack.kill("web")
    again(page, f"{stack.base}/clients/")
    page.get_by_role("link", name="Go on").first.click()
    expect(page.get_by_role("heading", name="Workspace", level=2)).to_be_visible()
    page.get_by_role("button", name="Make the workspace").click()
    page.wait_for_url(f"**/clients/{SLUG}/onboarding/test/")

    desk = desk_of(window, stack, AGENT)
    desk.go_available()
    answer_the_test(page, desk)

    page.get_by_role("link", name="To the checklist").click()
    expect(page.get_by_text("A test conversation was answered.")).to_be_visible()
    for field in page.locator("input[name^=reason-]").all():
        field.fill("Agreed with the client")
    page.get_by_role("button", name="Go live").click()
    expect(page.get_by_text("Live: customers can write.")).to_be_visible()

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused: visitors are told")).to_be_visible()
    shop = window()
    shop.goto(f"{stack.brand(SLUG)}/w/panel/{key_on(page)}/")
    expect(shop.get_by_text("The chat is closed for the moment")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Live: customers can write.")).to_be_visible()


def it_takes_a_client_back_before_it_is_live(stack: RunningStack, window: Window) -> None:
    page = window()
    sign_in(page, f"{stack.base}/clients/", "sara@harbour.example")
    begin(page, "Kramerica", "kramerica")
    for _step in ("webchat", "queues", "hours", "rules", "targets", "clocks", "people", "manager"):
        keep(page)
    page.get_by_role("button", name="Make the workspace").click()
    page.wait_for_url("**/clients/kramerica/onboarding/test/")
    page.goto(f"{stack.base}/clients/kramerica/onboarding/")
    page.get_by_role("link", name="Take back").click()
    page.get_by_role("button", name="Remove everything").click()
    page.wait_for_url("**/clients/")
    expect(page.get_by_text("Kramerica")).to_have_count(0)
    gone = page.goto(f"{stack.brand('kramerica')}/w.js")
    assert gone is not None
    assert gone.status == 404


def it_opens_the_wizard_to_everybody(stack: RunningStack, window: Window) -> None:
    """Every screen in both themes, wide and narrow: as it begins, with errors, with everything in it."""
    page = window()
    sign_in(page, f"{stack.base}/clients/new/", "sara@harbour.example")
    check(page)
    page.locator("input[value='blueprint:utility']").check()
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator(".summary")).to_be_visible()
    check(page)
    draft = page.url.removesuffix("brand/")
    for step in ("webchat", "queues", "hours", "rules", "targets", "clocks", "people", "workspace", "undo"):
        page.goto(f"{draft}{step}/")
        check(page)
    page.goto(f"{stack.base}/clients/northwind/onboarding/")
    check(page)
    page.goto(f"{draft}undo/")
    page.get_by_role("button", name="Remove everything").click()
    page.wait_for_url("**/clients/")


def set_up(page: Page) -> None:
    """Through every step up to the workspace, which is not made yet."""
    begin(page, NAME, SLUG)
    expect(page.locator("#preview")).to_contain_text(NAME)
    keep(page)
    keep(page)
    for field in page.locator("input[name^='periods.']").all():
        field.fill("")
    for chosen in page.locator("select[name^='periods.']").all():
        chosen.select_option("")
    for _step in ("hours", "rules", "targets", "clocks"):
        keep(page)
    for email in (AGENT, OTHER):
        page.locator(f"input[value='{email}']").check()
    keep(page)
    page.get_by_label("Client managers").fill("art@vandelay.example")
    keep(page)


def begin(page: Page, name: str, slug: str) -> None:
    """A new client of the retail blueprint, its first step saved; the short name follows the name."""
    page.get_by_role("link", name="New client").click()
    page.locator("input[value='blueprint:retail']").check()
    page.get_by_role("button", name="Begin").click()
    page.locator("#name").press_sequentially(name)
    expect(page.locator("#slug")).to_have_value(slug)
    expect(page.get_by_text("This one is free.")).to_be_visible()
    page.locator("#timezone").select_option("Europe/Stockholm")
    page.locator("input[name='locales[]'][value=en]").check()
    keep(page)


def keep(page: Page) -> None:
    """Save the step and wait until another is shown."""
    here = page.url
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(lambda url: url != here)
    expect(page.locator(".summary")).to_have_count(0)


def answer_the_test(page: Page, desk: Desk) -> None:
    """Write in the real chat on the left; the agent answers at a real desk; the right side turns green."""
    outer = page.frame_locator(".trial iframe")
    outer.locator("button.talk").click()
    chat = outer.frame_locator("iframe")
    chat.locator("#text").fill("Where's my order?")
    chat.locator("#send").click()
    expect(page.locator("#trials .chip").first).to_have_text("Waiting")
    path = desk.accept(NAME)
    desk.reply("It leaves today")
    expect(chat.locator("#log")).to_contain_text("It leaves today")
    expect(page.locator("#trials")).to_contain_text("A test conversation was answered.")
    desk.open(path)
    desk.wrap_up("delivery", "solved")


def again(page: Page, url: str) -> None:
    """Open the page, however long the killed process takes to be back."""
    for _try in range(240):
        try:
            answer = page.goto(url)
        except Exception:
            answer = None
        if answer is not None and answer.ok:
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{url} did not come back")


def key_on(page: Page) -> str:
    return page.locator(".snippet").first.inner_text().split('data-key="')[1].split('"')[0]
