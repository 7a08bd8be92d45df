"""The tabs Hosts and Brand: accessible in both themes and widths, nothing untranslated."""

from typing import Any

import pytest

from tenants.actions import change_brand
from tenants.cards import BrandCard
from tenants.domains.actions import add_domain
from tenants.domains.asking import Answer
from tenants.models import Domain
from tests.accounts.conftest import Browser
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.factories import NOW

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


@pytest.fixture
def town(operator: Browser, acme: BrandCard, globex: BrandCard) -> Browser:
    """An operator's browser; Acme has hosts in every state and was changed just now."""
    add_domain(acme.id, host="new.acme.example", actor="test", now=NOW)
    for host, state in STATES.items():
        row = add_domain(acme.id, host=host, actor="test", now=NOW)
        Domain.objects.filter(pk=row.pk).update(checked_at=NOW, **state)
    change_brand(acme.id, tone="warm", tone_do=["Hello"], actor="test", now=NOW)
    return operator


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
    assert_translated(shown(name, town), DATA)


@pytest.mark.browser
@pytest.mark.parametrize("name", ["hosts", "hosts-refused", "brand", "brand-refused"])
def it_is_accessible_and_keeps_the_policy(stage: Stage, town: Browser, name: str) -> None:
    assert_accessible(stage, shown(name, town))


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("name", ["hosts", "brand-refused"])
def it_has_room_for_longer_words(stage: Stage, town: Browser, pseudo_locale: None, name: str) -> None:
    assert_roomy(stage, shown(name, town))


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("width", ["wide"], indirect=True)
def it_keeps_boxes_of_languages_as_far_apart_as_colours(stage: Stage, town: Browser) -> None:
    page = stage.show(shown("brand", town))
    gaps = [
        page.locator(group).first.evaluate("one => getComputedStyle(one).columnGap")
        for group in (".choices", ".hues")
    ]
    assert gaps[0] == gaps[1]
