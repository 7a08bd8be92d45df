"""One Chromium for the module, one rig for each test."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, sync_playwright

from tenants.values import BrandCard
from tests.browser import ARGUMENTS, find_browser
from tests.connectors.webchat.rig import Rig

NORTHWIND = BrandCard(
    id=11, ref=UUID(int=11), slug="northwind", name="Northwind Outdoors", schema_name="s_a", role_name="r_a",
    timezone="Europe/Stockholm", hue=148, tone="warm", tone_do=(), tone_dont=(), locales=("en", "sv"),
    state="live", kind="client",
)  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def rig(chromium: Browser, settings: Any) -> Iterator[Rig]:
    """The rig; a script error or a refusal by the content security policy fails the test."""
    settings.ROOT_URLCONF = "core.urls"
    rig = Rig(chromium, NORTHWIND)
    yield rig
    for context in chromium.contexts:
        context.close()
    assert rig.faults == []
