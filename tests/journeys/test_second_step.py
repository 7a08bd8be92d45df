"""Second steps in a real browser: a key that Chromium plays, an app that the test is; open desks that end."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from accounts.mfa import totp
from config.worlds.cast import PASSWORD
from tests.journeys.conftest import Window
from tests.stack import RunningStack

pytestmark = pytest.mark.kill
PERSON = "tomas@harbour.example"
OPERATOR = "sara@harbour.example"
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasUserVerification": True,
    "isUserVerified": True,
    "hasResidentKey": True,
    "automaticPresenceSimulation": True,
}


def sign_in(stack: RunningStack, page: Page, email: str) -> None:
    page.goto(f"{stack.base}/accounts/login/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(stack: RunningStack, page: Page) -> None:
    page.goto(f"{stack.base}/accounts/security/")
    page.locator(".me").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/")


def key_for(page: Page) -> tuple[CDPSession, str]:
    """Give the page's browser a security key of its own."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made: dict[str, Any] = session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return session, str(made["authenticatorId"])


def code_of(secret: str) -> str:
    return totp.code_at(secret.replace(" ", ""), int(time.time()) // totp.PERIOD)


@pytest.fixture
def person(stack: RunningStack, window: Window) -> Iterator[Page]:
    """An agent's window; whatever they set up is gone when the test is over."""
    page = window()
    sign_in(stack, page, PERSON)
    page.wait_for_url("**/desk/")
    yield page
    page.goto(f"{stack.base}/accounts/security/")
    for _ in range(2):
        for name in ("Remove the app", "Remove the key"):
            for found in page.get_by_role("button", name=name, include_hidden=True).all()[:1]:
                found.evaluate("button => button.form.requestSubmit(button)")
                page.get_by_text("open nothing any more").or_(
                    page.get_by_text("opens nothing any more")
                ).first.wait_for()


def it_adds_a_key_and_signs_in_with_it(stack: RunningStack, person: Page) -> None:
    session, key = key_for(person)
    person.goto(f"{stack.base}/accounts/security/keys/")
    person.get_by_label("Name of the key").fill("This laptop")
    person.get_by_role("button", name="Add the key").click()
    expect(person.locator(".codes li")).to_have_count(10)
    codes = person.locator(".codes code").all_inner_texts()
    with person.expect_download() as saved:
        person.get_by_role("link", name="Save as a text file").click()
    text = saved.value.path().read_text()
    assert saved.value.suggested_filename == "recovery-codes.txt"
    assert [code for code in codes if code not in text] == []

    sign_out(stack, person)
    sign_in(stack, person, PERSON)
    person.wait_for_url("**/accounts/second-step/")
    person.get_by_role("button", name="Use your key or passkey").click()
    person.wait_for_url("**/desk/")

    sign_out(stack, person)
    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})
    sign_in(stack, person, PERSON)
    person.get_by_role("textbox", name="Code").fill(codes[0])
    person.get_by_role("button", name="Go on").click()
    person.wait_for_url("**/desk/")
    person.goto(f"{stack.base}/accounts/security/")
    expect(person.get_by_text("9 of 10 are left")).to_be_visible()


def it_says_so_when_the_key_does_not_answer(stack: RunningStack, person: Page) -> None:
    person.goto(f"{stack.base}/accounts/security/keys/")
    person.evaluate("() => { navigator.credentials.create = () => Promise.reject(new Error('NotAllowed')); }")
    person.get_by_label("Name of the key").fill("This laptop")
    person.get_by_role("button", name="Add the key").click()
    expect(person.get_by_text("The key did not answer")).to_be_visible()


def it_sets_an_app_up_and_signs_in_with_it(stack: RunningStack, person: Page) -> None:
    person.goto(f"{stack.base}/accounts/security/app/")
    expect(person.get_by_role("img", name="QR code for your app")).to_be_visible()
    secret = person.locator(".secret code").inner_text()
    person.get_by_role("textbox", name="Code").fill(code_of(secret))
    person.get_by_role("button", name="Set up").click()
    expect(person.locator(".codes li")).to_have_count(10)
    sign_out(stack, person)
    sign_in(stack, person, PERSON)
    person.get_by_role("textbox", name="Code").fill(
        totp.code_at(secret.replace(" ", ""), int(time.time()) // totp.PERIOD + 1)
    )
    person.get_by_role("button", name="Go on").click()
    person.wait_for_url("**/desk/")


def it_signs_an_open_desk_out_when_an_operator_ends_its_session(
    stack: RunningStack, window: Window, person: Page
) -> None:
    operator = window()
    sign_in(stack, operator, OPERATOR)
    operator.goto(f"{stack.base}/security/?q={PERSON}")
    operator.get_by_role("link", name="Sign-in of").click()
    operator.get_by_role("button", name="End all").click()
    person.locator("live-status a").wait_for()
    sign_in(stack, person, PERSON)
    person.wait_for_url("**/desk/")


def it_warns_before_an_idle_session_ends(stack: RunningStack, window: Window, person: Page) -> None:
    operator = window()
    sign_in(stack, operator, OPERATOR)
    rules(stack, operator, "5")
    try:
        answers = {"GET": 59.0, "POST": 300.0}
        person.route("**/session/", lambda route: route.fulfill(json={"left": answers[route.request.method]}))
        person.clock.install()  # from here on time goes on by itself too
        person.goto(f"{stack.base}/accounts/security/")
        person.clock.run_for(180_000)
        dialog = person.get_by_role("dialog", name="Are you still there?")
        expect(dialog).to_be_hidden()
        person.clock.run_for(61_000)
        expect(dialog).to_be_visible()
        dialog.get_by_role("button", name="Stay signed in").click()
        expect(dialog).to_be_hidden()
        person.clock.run_for(5_000)
        expect(dialog).to_be_hidden()
        answers["GET"] = 0.0
        person.clock.run_for(310_000)
        expect(person.get_by_text("You have been signed out")).to_be_visible()
        expect(person.get_by_role("link", name="Sign in again")).to_be_focused()
        person.unroute("**/session/")
    finally:
        rules(stack, operator, "")


def rules(stack: RunningStack, operator: Page, minutes: str) -> None:
    operator.goto(f"{stack.base}/clients/lumen/security/")
    operator.locator("#id_agent_idle_minutes").fill(minutes)
    operator.get_by_role("button", name="Save the rules: Agent").click()
    operator.get_by_text("Saved. Open pages are held to it").wait_for()
