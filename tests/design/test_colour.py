"""Every text role on every ground it stands on, in both themes, and for 36 brand hues: at least 4.5 to 1."""

import re

import pytest

from config.launch.layout import PROJECT
from core import hues
from tests.design.colour import THEMES, Tokens, contrast, hexadecimal, srgb

TOKENS = Tokens.read((PROJECT / "static/css/tokens.css").read_text())
SHEET = hues.stylesheet(range(0, 360, 10))
GROUNDS = ("--surface", "--surface-2", "--canvas", "--hover")
INKS = ("--ink", "--ink-2", "--ink-3", "--accent-ink")
PAIRS = [
    *((ink, ground) for ink in INKS for ground in GROUNDS),
    *((state, ground) for state in ("--good", "--warn", "--bad", "--ai") for ground in GROUNDS[:3]),
    *((f"--{state}", f"--{state}-soft") for state in ("good", "warn", "bad", "ai")),
    *(("--ink", f"--{state}-soft") for state in ("good", "warn", "bad", "ai", "accent")),
    ("--on-accent", "--accent"), ("--on-bad", "--bad"), ("--ink", "--note"), ("--note-ink", "--note"),
    ("--note-ink", "--surface"), ("--accent-ink", "--accent-soft"), ("--surface", "--ink"),
]  # fmt: skip
BRAND_PAIRS = [
    *(("--b", ground) for ground in ("--b-soft", "--surface", "--surface-2", "--canvas")),
    ("--on-b", "--b"), ("--ink", "--b-soft"), ("--ink-2", "--b-soft"),
    ("--good", "--b-soft"), ("--bad", "--b-soft"),
]  # fmt: skip


def it_computes_as_the_brief_measured() -> None:
    assert hexadecimal(srgb(0.48, 0.105, 196)) == "#006f71"
    assert hexadecimal(srgb(0.78, 0.14, 155)) == "#63d18f"
    assert contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)
    assert contrast(srgb(0.22, 0.022, 250), (1, 1, 1)) == pytest.approx(17.3, abs=0.1)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def it_reads_well(text: str, ground: str, theme: str) -> None:
    assert contrast(TOKENS.colour(text, theme=theme), TOKENS.colour(ground, theme=theme)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), BRAND_PAIRS)
def it_reads_well_for_every_brand(text: str, ground: str, theme: str) -> None:
    found = [int(hue) for hue in re.findall(r'\[data-hue="(\d+)"\]\{--bh:\1\}', SHEET)]
    assert len(found) == 36
    low = {
        hue: contrast(*(TOKENS.colour(name, theme=theme, hue=hue) for name in (text, ground)))
        for hue in found
    }
    assert min(low.values()) >= 4.5, min(low.items(), key=lambda item: item[1])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["--surface", "--canvas"])
def it_shows_where_to_type(ground: str, theme: str) -> None:
    assert contrast(TOKENS.colour("--field", theme=theme), TOKENS.colour(ground, theme=theme)) >= 3


def it_fails_a_hue_that_is_too_light() -> None:
    lighter = Tokens(TOKENS.values | {"--b": TOKENS.values["--b"].replace("50%", "52%")})
    assert contrast(*(lighter.colour(name, theme="light", hue=192) for name in ("--b", "--b-soft"))) < 4.5


def it_writes_no_colour_outside_the_tokens() -> None:
    literal = re.compile(r"#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(", re.IGNORECASE)
    for path in (PROJECT / "static/css").rglob("*.css"):
        assert not literal.search(path.read_text()), path
