"""The demands see what they are there for, in the look where it shows; each page begins anew."""

import pytest

from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy
from tests.design.pages import PAGES

pytestmark = pytest.mark.browser
LONG = "Unbreakable" * 30
FAULTS = {
    "no label": ("<input>", "light, wide", "label: <input>"),
    "bright words": ('<p><font color="#cccccc">Hard to read</font></p>', "light, wide", "color-contrast"),
    "dark words": ('<p><font color="#333333">Hard to read</font></p>', "dark, wide", "color-contrast"),
    "wide on a phone": ("</main><canvas width='800'></canvas>", "light, phone", "innerWidth"),
    "refused by the policy": ('<p style="color: red">Refused</p>', "light, wide", "inline style"),
}


def planted(fault: str, page: str = "shell") -> str:
    html = PAGES[page]().content.decode()
    assert "</main>" in html
    return html.replace("</main>", f"{fault}</main>")


@pytest.mark.parametrize("name", FAULTS)
def it_fails_a_page_and_names_the_look(stage: Stage, name: str) -> None:
    fault, look, words = FAULTS[name]
    with pytest.raises(AssertionError) as failed:
        assert_accessible(stage, planted(fault))
    assert str(failed.value).startswith(f"{look}\n")
    assert words in str(failed.value)


def it_finds_nothing_in_a_page_without_fault(stage: Stage) -> None:
    assert_accessible(stage, planted(""))


@pytest.mark.parametrize("theme", ["light"], indirect=True)
def it_fails_words_that_are_cut_off(stage: Stage) -> None:
    with pytest.raises(AssertionError, match=r"^light, wide\nassert \['h2: Unbr"):
        assert_roomy(stage, planted(f"<h2>{LONG}</h2>", "404"))


@pytest.mark.parametrize("theme", ["dark"], indirect=True)
@pytest.mark.parametrize("width", ["phone"], indirect=True)
def it_shows_the_one_look_that_a_test_names(stage: Stage) -> None:
    page = stage.show(planted(""))
    assert page.evaluate("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]") == [390, True]
    assert page.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches")


def it_goes_through_all_looks(stage: Stage) -> None:
    seen = []
    for look in stage.looks(planted("")):
        wide, dark = look.page.evaluate("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]")
        seen.append((str(look), wide, dark, look.again))
    assert seen == [
        ("light, wide", 1440, False, False),
        ("dark, wide", 1440, True, True),
        ("light, phone", 390, False, False),
        ("dark, phone", 390, True, True),
    ]
