"""The tags and filters every template may use."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import engines
from django.utils import translation

from core.templatetags import ui


def render(text: str, **context: Any) -> str:
    return str(engines["django"].from_string(text).render(context))


def it_draws_an_icon_nobody_has_to_hear() -> None:
    drawn = render('{% icon "timer" "sm" %}')
    assert 'class="i i-sm"' in drawn
    assert 'aria-hidden="true"' in drawn
    assert 'width="14"' in drawn


@pytest.mark.parametrize(
    ("name", "flips"), [("chevron-left", True), ("send", True), ("arrow-down", False), ("x", False)]
)
def it_flips_what_has_a_direction(name: str, flips: bool) -> None:
    assert ("flip" in render(f'{{% icon "{name}" %}}')) is flips


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Maya Lindqvist", "ML"),
        ("Ana de la Cruz", "AC"),
        ("Oke", "O"),
        ("", "?"),
        (None, "?"),
        ("<b> x", "X"),
        ("Zoë-Ann Bo", "ZB"),
    ],
)
def it_takes_initials(name: str | None, letters: str) -> None:
    assert ui.initials(name) == letters


def it_tints_an_avatar_the_same_each_time() -> None:
    assert render("{% avatar n %}", n="Maya") == render("{% avatar n %}", n="Maya")
    assert 'data-tint="5"' in render("{% avatar n hue=148 %}", n="Maya")
    assert "<script" not in render("{% avatar n %}", n="<script>")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (47, "0:47"), (725.9, "12:05"), (3725, "1:02:05"), (None, ""), (-3, "0:00")],
)
def it_writes_minutes_and_seconds(seconds: float | None, text: str) -> None:
    assert ui.mmss(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (47, "47 s"), (725, "12 min"), (6125, "1 h 42"), (None, "")]
)
def it_spells_durations(seconds: float | None, text: str) -> None:
    assert ui.spell(seconds) == text


@pytest.mark.parametrize(
    ("language", "shares"),
    [
        ("en", ["86%", "86.4%", "67%", "–"]),
        ("sv", ["86\xa0%", "86,4\xa0%", "67\xa0%", "–"]),
    ],
)
def it_writes_a_share_as_the_language_does(language: str, shares: list[str]) -> None:
    with translation.override(language):
        written = [ui.percent(86.44), ui.percent(86.44, 1), ui.percent(Fraction(200, 3)), ui.percent(None)]
    assert written == shares
    assert render("{{ nobody.share|percent }}") == "–"


def it_tells_the_time_there() -> None:
    instant = datetime(2026, 11, 20, 13, 11, tzinfo=UTC)
    assert ui.clock(instant, "Europe/Stockholm") == "14:11"
    assert ui.clock(instant, "Australia/Adelaide") == "23:41"
    assert ui.clock(None, "Europe/Stockholm") == ""


def it_links_the_hues_of_the_page() -> None:
    assert 'href="/t/brand.css?h=62,148&amp;v=' in render(
        "{% brand_stylesheet %}", hues=[62], brand=SimpleNamespace(hue=148)
    )
    assert render("{% brand_stylesheet %}") == ""


def it_does_not_take_a_pages_messages_for_notices() -> None:
    assert "secret" not in render(
        "{% notices as told %}{% for n in told %}{{ n }}{% endfor %}", messages=["secret"]
    )


def it_writes_only_attributes_that_have_a_value() -> None:
    written = render(
        '{% attributes type="button" aria_busy=busy disabled=yes name=none %}',
        busy="true",
        yes=True,
        none=None,
    )
    assert sorted(written.split()) == ['aria-busy="true"', "disabled", 'type="button"']


def it_draws_a_table_whose_cells_know_their_columns() -> None:
    rows = '<tr><th scope="row">{{ a }}</th><td class="t">1</td><td><a href="/x/">go</a></td></tr>'
    text = '{% listing _("Keys") _("Name") heads has_acts=True %}' + f"{rows * 2}{{% endlisting %}}"
    drawn = render(text, heads='Used "often"', a="<b>")
    assert drawn.count('<th scope="col"') == 3
    assert drawn.count('<td data-label="Used &quot;often&quot;" class="t">1</td><td>') == 2
    assert drawn.count("&lt;b&gt;") == 2
    assert 'aria-label="Keys"' in drawn
    assert "What to do" in drawn
    assert "What to do" not in render("{% listing 'a' 'b' %}<tr></tr>{% endlisting %}")


def it_leaves_a_table_within_a_cell_as_it_is() -> None:
    inner = "{% listing 'Days' 'Day' 'Now' %}<tr><th>Monday</th><td>9</td></tr>{% endlisting %}"
    row = f'<tr><th scope="row">a{inner}</th><td class="num">1</td></tr>'
    drawn = render("{% listing 'All' 'What' 'From' %}" + row + "{% endlisting %}")
    assert '<td data-label="Now">9</td>' in drawn
    assert '<td data-label="From" class="num">1</td>' in drawn
    assert '<th scope="col">From</th>' in drawn


def it_knows_columns_of_numbers_by_their_cells() -> None:
    row = '<tr><th scope="row">a</th><td class="num">1</td><td class="t num">2</td></tr>'
    drawn = render("{% listing 'All' 'Name' 'Count' 'Words' %}" + row + "{% endlisting %}")
    heads = '<th scope="col">Name</th><th scope="col">Count</th><th scope="col" class="t">Words</th>'
    assert heads in drawn


def it_says_a_window_with_the_hour_on_each_side() -> None:
    start = datetime(2031, 5, 3, 21, tzinfo=UTC)
    end = start + timedelta(hours=4)
    assert ui.window(start, end, "UTC") == "Sat 3 May 2031, 21:00 to Sun 4 May, 01:00"
    assert ui.window(start, start + timedelta(hours=1), "UTC") == "Sat 3 May 2031, 21:00 to 22:00"
    assert ui.window(start, end, "Asia/Tokyo") == "Sun 4 May 2031, 06:00 to 10:00"
