"""Card numbers never reach a row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.luhn import is_card, mask_cards

VISA = "4111 1111 1111 1111"


def it_masks_a_card_and_keeps_the_rest() -> None:
    text, spans = mask_cards(f"Pay with {VISA}, thanks")
    assert text == "Pay with •••• 1111, thanks"
    assert spans == [{"kind": "card", "start": 9, "len": 9}]


@pytest.mark.parametrize(
    "text", ["4111111111111112", "order 1234567890123", "0000000000000000", "+46 70 555 01 42"]
)
def it_leaves_other_numbers_alone(text: str) -> None:
    assert mask_cards(text) == (text, [])


@pytest.mark.parametrize("separator", ["", " ", "-", ".", "\u00a0"])
def it_sees_through_separators(separator: str) -> None:
    assert "1111 1111" not in mask_cards(separator.join(["4111", "1111", "1111", "1111"]))[0]


@given(st.text(alphabet="0123456789 -.x", max_size=80))
def it_leaves_no_card_behind(text: str) -> None:
    masked, spans = mask_cards(text)
    assert mask_cards(masked)[0] == masked
    for span in spans:
        assert masked[span["start"] : span["start"] + span["len"]].startswith("••••")


@given(st.integers(min_value=10**11, max_value=10**18 - 1))
def it_knows_every_number_with_a_check_digit(body: int) -> None:
    digits = next(f"{body}{check}" for check in range(10) if is_card(f"{body}{check}") or check == 9)
    assert is_card(digits) or len(set(digits)) == 1
