"""Charts: the same picture for the same values, nothing outside of it, nothing missing that is drawn."""

import os
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from reporting.charts import (
    PRINT,
    SCREEN,
    Bar,
    Cell,
    Mark,
    Palette,
    Point,
    Stack,
    State,
    StripWords,
    Words,
    bars,
    heat,
    line,
    meter,
    spark,
    two_strip,
)
from reporting.charts.drawing import LETTER
from reporting.charts.findings import breaches, finding
from reporting.charts.png import png

GOLDEN = Path(__file__).parent / "golden"
WORDS = StripWords("Level & contacts", "What it shows", "Service level", "Contacts", "Target 80%")
MARKS = (Mark(5.5, 7, "Carrier outage, 13:30 to 15:00"), Mark(9, 9, "Closed at 17:00", "closure"))
RATES = (96, 91, 86, None, 81, 89, 71, 78, 84, 90)


def a_day() -> list[Bar]:
    """Ten hours: a gap, two misses of which one has a cause, the last one goes on."""
    return [
        Bar(
            f"{8 + n:02d}", rate // 4 if rate else 0, (100 - rate) // 4 if rate else 0, n % 3 if rate else 0,
            1 if n == 9 else 0, rate, f"{8 + n:02d}: <tip>", "carrier outage" if n == 6 else "",
            State.OPEN if n == 9 else State.OVER, f"/rows/?at={n}&step=60",
        )
        for n, rate in enumerate(RATES)
    ]  # fmt: skip


def a_map(palette: Palette = SCREEN) -> SafeString:
    cells = [[Cell(str(n), n, f"Monday: {n}", f"/rows/?hour={n}"), Cell("", None, "", "")] for n in range(10)]
    return heat(
        cells, columns=["08", "09"], names=[f"Day {n}" for n in range(10)], words=WORDS, chart_id="m",
        palette=palette,
    )  # fmt: skip


def points_of(day: list[Bar]) -> list[Point]:
    return [bar.point for bar in day]


PICTURES: dict[str, Callable[[Palette], SafeString]] = {
    "two_strip": lambda palette: two_strip(
        a_day(), target=80, words=WORDS, chart_id="s", marks=MARKS, palette=palette
    ),
    "line": lambda palette: line(
        [Point(f"{n}", value) for n, value in enumerate((30.0, 12.0, None, 25.0))],
        target=20, words=WORDS, chart_id="l", rises=False, palette=palette,
    ),
    "bars": lambda palette: bars(
        [Stack("A", (3, 2)), Stack("B", (0, 0)), Stack("C", (), state=State.AHEAD)],
        words=WORDS, chart_id="b", palette=palette,
    ),
    "heat": a_map,
    "spark": lambda palette: spark([1, 4, None, 2, None, 5, 6], kind="warn", palette=palette),
    "meter": lambda palette: meter(76.3, target=80, kind="bad", palette=palette),
}  # fmt: skip


@pytest.mark.parametrize("palette", ["screen", "print"])
@pytest.mark.parametrize("name", PICTURES)
def it_draws_what_it_has_drawn_before(name: str, palette: str) -> None:
    """UPDATE_GOLDEN=1 writes them anew: look at them in a browser then."""
    drawn = PICTURES[name](PRINT if palette == "print" else SCREEN).replace("><", ">\n<") + "\n"
    file = GOLDEN / f"{name}.{palette}.svg"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(drawn)
    assert drawn == file.read_text()


@pytest.mark.parametrize("name", PICTURES)
def it_stands_alone_on_paper_and_has_no_colour_on_a_page(name: str) -> None:
    alone, on_page = PICTURES[name](PRINT), PICTURES[name](SCREEN)
    assert 'xmlns="http://www.w3.org/2000/svg"' in alone
    assert "var(" not in alone
    assert "<a " not in alone
    assert "<style" not in on_page
    assert " style=" not in on_page
    assert not re.search(r"#[0-9a-f]{6}", on_page)


def it_escapes_what_it_is_given() -> None:
    drawn = PICTURES["two_strip"](SCREEN)
    assert "&lt;tip&gt;" in drawn
    assert "Level &amp; contacts" in drawn


class DescribeTheFinding:
    def it_states_extremes_misses_marks_and_what_goes_on(self) -> None:
        said = finding(points_of(a_day()), said=lambda value: f"{value:.0f}%", target=80, marks=MARKS)
        assert said == (
            "Lowest 71% (14), highest 96% (08). Below the target of 80%: 14–15. In progress: 17."
            " 1: Carrier outage, 13:30 to 15:00. 2: Closed at 17:00."
        )

    def it_ends_a_breach_at_a_gap(self) -> None:
        found = [Point(str(n), value) for n, value in enumerate((70.0, None, 60.0, 65.0, 90.0, 50.0))]
        assert breaches(found, 80) == ["0", "2–3", "5"]
        assert breaches(found, 60, rises=False) == ["0", "3–4"]
        assert breaches(found, None) == []

    def it_says_that_there_is_nothing(self) -> None:
        said = finding([Point("08", None)], said=str, target=80)
        assert said == "No contacts were settled in this period."


# ---- geometry, whatever the values ----

LABELS = st.text(st.characters(categories=("L", "N", "Zs")), min_size=1, max_size=14)
RATE = st.none() | st.floats(0, 100)
COUNT = st.integers(0, 100_000)
BARS = st.lists(
    st.builds(
        Bar, label=LABELS, in_target=COUNT, late=COUNT, abandoned=COUNT, waiting=COUNT, rate=RATE,
        tip=LABELS, cause=LABELS | st.just(""), state=st.sampled_from(State), rows=st.just("/r"),
    ),
    max_size=100,
)  # fmt: skip
PLACED = st.floats(-5, 110)
SOME_MARKS = st.lists(st.builds(Mark, start=PLACED, end=PLACED, words=LABELS), max_size=12)
TARGET = st.none() | st.floats(0, 100)
LETTERS = {"start": (0, 1), "middle": (0.5, 0.5), "end": (1, 0)}


@given(BARS, TARGET, SOME_MARKS, LABELS)
def it_draws_nothing_outside_of_the_picture(
    day: list[Bar], target: float | None, marks: list[Mark], caption: str
) -> None:
    words = StripWords("t", "d", caption, caption, caption * 3)
    assert_inside(two_strip(day, target=target, words=words, chart_id="s", marks=marks))
    assert_inside(line(points_of(day), target=target, words=words, chart_id="l", rises=False, marks=marks))
    assert_inside(bars([bar.stack for bar in day], words=words, chart_id="b", marks=marks))


@given(st.lists(RATE, max_size=60), st.floats(0, 200))
def it_draws_nothing_outside_of_the_small_ones(values: list[float | None], value: float) -> None:
    if drawn := spark(values):
        assert_inside(drawn)
    assert_inside(meter(value, target=value, top=120))


@given(BARS, TARGET)
def it_leaves_a_gap_where_there_is_no_number(day: list[Bar], target: float | None) -> None:
    """As many corners as numbers that have a neighbour, a dot for each that has none; never one at zero."""
    root = parsed(two_strip(day, target=target, words=WORDS, chart_id="s"))
    known = [bar.rate is not None for bar in day]
    alone = [
        n for n, is_known in enumerate(known)
        if is_known and not any(known[m] for m in (n - 1, n + 1) if 0 <= m < len(known))
    ]  # fmt: skip
    corners = sum(len(one.attrib["points"].split()) for one in root.iter("polyline"))
    assert corners == sum(known) - len(alone)
    missed = {
        n for n, bar in enumerate(day) if bar.rate is not None and target is not None and bar.rate < target
    }
    assert sum(1 for one in root.iter("circle")) == len(missed | set(alone))


@given(BARS)
def it_draws_each_count_as_high_as_it_is(day: list[Bar]) -> None:
    root = parsed(bars([bar.stack for bar in day], words=WORDS, chart_id="b"))
    drawn = {f"b{n}": [one for one in root.iter("rect") if one.get("class") == f"b{n}"] for n in range(1, 5)}
    for n, name in enumerate(("in_target", "late", "abandoned", "waiting"), start=1):
        assert len(drawn[f"b{n}"]) == sum(1 for bar in day if getattr(bar, name))
    zero = [one for one in root.iter("rect") if one.get("class") == "b0"]
    assert len(zero) == sum(1 for bar in day if not bar.stack.total and bar.state == State.OVER)


def parsed(drawn: SafeString) -> ElementTree.Element:
    return ElementTree.fromstring(drawn)  # noqa: S314 - our own


def assert_inside(drawn: SafeString) -> None:
    root = parsed(drawn)
    wide, high = (float(value) for value in root.attrib["viewBox"].split()[2:])
    for one in root.iter():
        if one.tag == "path" or not (corners := corners_of(one)):
            continue
        for x, y in corners:
            assert -0.1 <= x <= wide + 0.1, ElementTree.tostring(one)
            assert -0.1 <= y <= high + 0.1, ElementTree.tostring(one)


def corners_of(one: ElementTree.Element) -> list[tuple[float, float]]:
    def at(*names: str) -> list[float]:
        return [float(one.get(name, 0)) for name in names]

    if one.tag == "rect":
        x, y, width, height = at("x", "y", "width", "height")
        assert width >= 0
        assert height >= 0
        return [(x, y), (x + width, y + height)]
    if one.tag == "line":
        x1, x2, y1, y2 = at("x1", "x2", "y1", "y2")
        return [(x1, y1), (x2, y2)]
    if one.tag == "circle":
        x, y, radius = at("cx", "cy", "r")
        return [(x - radius, y - radius), (x + radius, y + radius)]
    if one.tag in {"polyline", "polygon"}:
        return [(float(x), float(y)) for x, y in (pair.split(",") for pair in one.attrib["points"].split())]
    if one.tag == "text":
        x, y = at("x", "y")
        before, after = LETTERS[one.get("text-anchor", "start")]
        wide = len(one.text or "") * LETTER
        return [(x - before * wide, y - 8), (x + after * wide, y + 2)]
    return []


def it_is_a_picture_for_mails() -> None:
    made = png(PICTURES["two_strip"](PRINT))
    assert made.startswith(b"\x89PNG")


def it_is_named_and_described() -> None:
    root = parsed(heat([], columns=[], names=[], words=Words("Title", "Finding"), chart_id="x"))
    assert [(one.tag, one.text) for one in root] == [("title", "Title"), ("desc", "Finding")]
    assert (root.get("aria-labelledby"), root.get("aria-describedby"), root.get("role")) == (
        "x-t",
        "x-d",
        "img",
    )


def it_draws_a_share_with_its_target_in_a_template() -> None:
    drawn = written("{% meter 50 target=80 %}")
    assert 'width="44"' in drawn
    assert "goal" in drawn
    assert written("{% meter nothing %}", nothing=None) == "–"


def it_draws_a_line_without_dividing_by_nothing() -> None:
    assert "polyline" in written("{% spark v %}", v=[3, 3, 3])
    assert written("{% spark v %}", v=[3]) == ""


def it_draws_a_figure_against_what_was_promised() -> None:
    seconds = '{% gauge number target "seconds" "missed" %}'
    assert 'class="meter warn"' in written(seconds, number=Fraction(40), target=Decimal(20))
    assert written(seconds, number=None, target=Decimal(20)) == ""


def written(source: str, **values: object) -> str:
    return Template(source).render(Context(values))
