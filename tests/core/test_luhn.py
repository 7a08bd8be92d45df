"""Card numbers never reach a row."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.luhn import Redaction, _cards, is_card, mask_cards

VISA, MASTER, AMEX = "4111 1111 1111 1111", "5555 5555 5555 4444", "3782 822463 10005"
NEIGHBOURS = {
    f"{VISA} 12/27 123": "•••• 1111 12/27 123",
    "4111111111111111 12/27": "•••• 1111 12/27",
    "4111111111111111-12": "•••• 1111-12",
    f"order 12 {VISA}": "order 12 •••• 1111",
    "2 4111111111111111": "2 •••• 1111",
    "4111111111111111 5555555555554444": "•••• 1111 •••• 4444",
    f"•••• 1234 {VISA}": "•••• 1234 •••• 1111",
    "4111111111111111,378282246310005": "•••• 1111,•••• 0005",
    "12.2027 4111-1111-1111-1111.": "12.2027 •••• 1111.",
    f"{VISA} {MASTER}": "•••• 1111 •••• 4444",
    f"{VISA} {MASTER} {AMEX}": "•••• 1111 •••• 4444 •••• 0005",
    f"{MASTER} {VISA} 12/27": "•••• 4444 •••• 1111 12/27",
    f"{VISA} {VISA} {VISA}": "•••• 1111 •••• 1111 •••• 1111",
}
PIECES = (
    *"0123456789 -.x/\n\t\u2013•",
    "  ",
    VISA,
    MASTER,
    AMEX,
    "5555555555554444",
    "1111",
    "•••• ",
    "12/27",
    "6011",
    "0000",
)


def it_masks_a_card_and_keeps_the_rest() -> None:
    text, spans = mask_cards(f"Pay with {VISA}, thanks")
    assert text == "Pay with •••• 1111, thanks"
    assert spans == [{"kind": "card", "start": 9, "len": 9}]


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",
        "order 1234567890123",
        "0000000000000000",
        "+46 70 555 01 42",
        "41111111111111110000",
    ],
)
def it_leaves_other_numbers_alone(text: str) -> None:
    assert mask_cards(text) == (text, [])


@pytest.mark.parametrize("separator", ["", " ", "-", ".", "\u00a0", "  ", "\t", "\n", "\u2013", " -", "\r\n"])
def it_sees_through_separators(separator: str) -> None:
    assert mask_cards(separator.join(VISA.split()))[0] == "•••• 1111"


@pytest.mark.parametrize("text", NEIGHBOURS)
def it_finds_a_card_beside_another_number(text: str) -> None:
    masked, spans = mask_cards(text)
    assert masked == NEIGHBOURS[text]
    assert all(masked[span["start"] :].startswith("•••• ") for span in spans)


def it_hides_both_where_it_cannot_tell_which_was_the_card() -> None:
    """Masked alone, the first would show four digits of the second and leave its rest where it stands."""
    assert is_card("1004411111111111")
    assert mask_cards(f"1004 {VISA}")[0] == "•••• 1111"


def it_takes_no_digit_of_a_mask_for_a_cards() -> None:
    text = "•••• 4111 1111 1111 1111"
    assert not is_card("111111111111")
    assert mask_cards(text) == (text, [])


def it_bears_a_long_message_of_nothing_but_digits() -> None:
    masked, spans = mask_cards("0 " * 5000 + VISA)
    assert masked.endswith("•••• 1111")
    assert len(spans) == 1


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def it_leaves_no_card_behind(text: str) -> None:
    masked, spans = mask_cards(text)
    assert mask_cards(masked)[0] == masked
    assert [window for window in windows(masked) if is_card(window)] == []
    for span in spans:
        assert masked[span["start"] : span["start"] + span["len"]].startswith("••••")


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def it_shows_at_most_four_digits_of_whatever_may_have_been_a_card(text: str) -> None:
    """Each window of the text that is a card is looked up in what is left of it, digit by digit."""
    left = kept_places(text, *mask_cards(text))
    for places in card_places(text):
        assert len(left & places) <= 4, text


@given(st.lists(st.sampled_from([VISA, MASTER, AMEX]), min_size=1, max_size=5))
def it_gives_cards_in_a_row_a_mask_each_or_one_that_hides_all(cards: list[str]) -> None:
    masked, spans = mask_cards(" ".join(cards))
    assert masked.endswith(cards[-1].replace(" ", "")[-4:])
    assert re.sub(r"•••• \d{4}", "", masked).strip() == ""
    assert 1 <= len(spans) <= len(cards)


def kept_places(text: str, masked: str, spans: list[Redaction]) -> set[int]:
    """Return the places of the text whose signs are still to be read."""
    kept: set[int] = set()
    at = place = 0
    for span in spans:
        plain = span["start"] - place
        kept |= set(range(at, at + plain))
        at, place = at + plain, span["start"] + span["len"]
        start, end = next((s, e) for s, e in _cards(text) if s == at)
        digits = [p for p in range(start, end) if text[p].isdecimal()]
        kept |= set(digits[-4:])
        at = end
    return kept | set(range(at, len(text)))


def card_places(text: str) -> list[set[int]]:
    """Return the places of the digits of every window of whole groups that is a card."""
    spans = [found.span() for found in re.finditer(r"\d+", text)]
    groups = [span for span in spans if not re.search(r"•••• \d{4}$", text[: span[1]])]
    found = []
    for first, group in enumerate(groups):
        places = list(range(*group))
        end = group[1]
        for other in [*groups[first + 1 :], (len(text), len(text))]:
            if is_card("".join(text[place] for place in places)):
                found.append(set(places))
            if not re.fullmatch(r"[\s.\-\u2010-\u2015]{1,2}", text[end : other[0]]):
                break
            places += range(*other)
            end = other[1]
    return found


@given(st.text(alphabet="0123456789 -.x", max_size=80))
def it_changes_nothing_but_cards(text: str) -> None:
    masked, spans = mask_cards(text)
    assert bool(spans) == any(map(is_card, windows(text)))
    assert spans or masked == text


def windows(text: str) -> list[str]:
    """The digits of every window of whole groups, found the long way; what a mask shows is no group."""
    groups = [
        found for found in re.finditer(r"\d+", text) if not re.search(r"•••• \d{4}$", text[: found.end()])
    ]
    found = []
    for first in range(len(groups)):
        digits = groups[first].group()
        found.append(digits)
        for one, other in pairwise(groups[first:]):
            if not re.fullmatch(r"[\s.\-\u2010-\u2015]{1,2}", text[one.end() : other.start()]):
                break
            digits += other.group()
            found.append(digits)
    return found


@given(st.integers(min_value=10**11, max_value=10**18 - 1))
def it_knows_every_number_with_a_check_digit(body: int) -> None:
    digits = next(f"{body}{check}" for check in range(10) if is_card(f"{body}{check}") or check == 9)
    assert is_card(digits) or len(set(digits)) == 1
