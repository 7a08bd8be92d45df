"""One Chromium for the module, one rig for each test."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser

from interactions import actions
from tenants.actions import open_endpoint
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.connectors.webchat.rig import Rig
from tests.connectors.webchat.wire import key_of
from tests.factories import TESTS

NORTHWIND = BrandCard(
    id=11, ref=UUID(int=11), slug="northwind", name="Northwind Outdoors", schema_name="s_a", role_name="r_a",
    timezone="Europe/Stockholm", hue=148, tone="warm", tone_do=(), tone_dont=(), locales=("en", "sv"),
    state="live", kind="client",
)  # fmt: skip


@pytest.fixture
def rig(chromium: Browser, settings: Any) -> Iterator[Rig]:
    """The rig; a script error or a refusal by the content security policy fails the test."""
    settings.ROOT_URLCONF = "core.urls"
    rig = Rig(chromium, NORTHWIND)
    yield rig
    for context in chromium.contexts:
        context.close()
    assert rig.faults == []


@pytest.fixture
def brands(transactional_db: None, _brands: dict[str, BrandCard]) -> tuple[BrandCard, BrandCard]:
    """Acme and Globex, each with a web chat that a page of its own client may hold."""
    acme, globex = _brands["acme"], _brands["globex"]
    for brand in (acme, globex):
        with tenant_scope(brand, TESTS):
            queue = actions.save_queue(name="Orders", target_seconds=40, wrap_up_seconds=60)
            greeting = {"en": f"Hello from {brand.name}", "sv": f"Hej från {brand.name}"}
            inbox = actions.create_inbox(name="Web chat", queue=queue, config={"greeting": greeting})
            ref = inbox.ref
        open_endpoint(
            brand.id, key=key_of(brand), inbox_ref=ref, origins=[f"https://shop.{brand.slug}.example"]
        )
    return acme, globex
