"""The tabs Hosts and Brand: accessible in both themes and widths, nothing untranslated."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.core.cache import cache

from accounts.choices import Role
from tenants.actions import change_brand
from tenants.cards import BrandCard
from tenants.domains.actions import add_domain
from tenants.domains.asking import Answer
from tenants.models import Domain
from tests.accounts.conftest import Browser
from tests.design.conftest import Stage
from tests.design.pseudo import untranslated
from tests.design.test_pages import OPTIONS
from tests.design.test_pseudo import CUT
from tests.factories import NOW, make_person

HOSTS, BRAND = "/clients/acme/hosts/", "/clients/acme/brand/"
STATES: dict[str, dict[str, Any]] = {
    "help.acme.example": {"verified_at": NOW, "answer": Answer("found", leads_to="acme.localhost").as_json()},
    "chat.acme.example": {"verified_at": NOW, "misses": 2, "answer": Answer("absent").as_json()},
    "hjälp.acme.example": {
        "lost_at": NOW,
        "answer": Answer("other", ("v=spf1 -all",), "x.example").as_json(),
    },
    "slow.acme.example": {"answer": Answer("unreachable").as_json()},
}
NAMES = ("hosts", "hosts-empty", "hosts-refused", "brand", "brand-refused", "brand-no-picture")


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are made beside a running browser, in one thread: Django is told that this is meant."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    cache.clear()


@pytest.fixture
def town(db: None, acme: BrandCard, globex: BrandCard) -> Browser:
    """An operator's browser; Acme has hosts in every state and was changed just now."""
    make_person("op@example.test", (Role.OPERATOR, None), name="Olu Park")
    add_domain(acme.id, host="new.acme.example", actor="test", now=NOW)
    for host, state in STATES.items():
        row = add_domain(acme.id, host=host, actor="test", now=NOW)
        Domain.objects.filter(pk=row.pk).update(checked_at=NOW, **state)
    change_brand(acme.id, tone="warm", tone_do=["Hello"], actor="test", now=NOW)
    browser = Browser(headers={"host": "localhost:8000"})
    assert browser.sign_in("op@example.test").status_code == 302
    return browser


def shown(name: str, town: Browser) -> str:
    """Make the page of that name."""
    pages = {
        "hosts": lambda: town.get(HOSTS),
        "hosts-empty": lambda: town.get("/clients/globex/hosts/"),
        "hosts-refused": lambda: town.post(HOSTS, {"host": "10.0.0.1"}),
        "brand": lambda: town.get(BRAND),
        "brand-refused": lambda: town.post(BRAND, {"hue": "x"}),
        "brand-no-picture": lambda: town.post(f"{BRAND}logo/", {}),
    }
    return str(pages[name]().content.decode())


DATA = (
    *("TXT", "CNAME", "warm", "Hello", "tone", "tone_do", "Acme Outdoor", "English", "Svenska", "sv", "en"),
    *("This field is required.", "Enter a whole number."),
)


@pytest.mark.parametrize("name", NAMES)
def it_leaves_nothing_untranslated(town: Browser, pseudo_locale: None, name: str) -> None:
    assert untranslated(shown(name, town), data=DATA) == []


@pytest.mark.browser
@pytest.mark.parametrize("name", ["hosts", "hosts-refused", "brand", "brand-refused"])
def it_is_accessible_and_keeps_the_policy(stage: Stage, town: Browser, name: str) -> None:
    page = stage.show(shown(name, town))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert stage.violations == []
    found = Axe().run(page, options=OPTIONS).response["violations"]
    assert [(v["id"], node["html"][:160]) for v in found for node in v["nodes"]] == []


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("name", ["hosts", "brand-refused"])
def it_has_room_for_longer_words(stage: Stage, town: Browser, pseudo_locale: None, name: str) -> None:
    page = stage.show(shown(name, town))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(CUT) == []
