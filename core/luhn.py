"""Payment card numbers are masked before the first write. Luhn: ISO/IEC 7812-1 annex B.

A number is often not alone: an expiry, a security code, an order or a second card stands next to it, parted
from it by no more than what parts its own groups. So every window of whole groups is tried, and windows that
share a group are masked as one: whichever of them was the card, no more of it than four digits stays. Cards
are told apart, and each has a mask of its own, where they fill such a stretch end to end in one way only and
no window would show more than four digits.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise
from typing import TypedDict

SHORTEST, LONGEST = 13, 19
MASK = "•••• "
SHOWN = 4  # digits at the end of a card that stay
SEPARATOR = r"[\s.\-\u2010-\u2015]{1,2}"
RUN = re.compile(rf"\d+(?:{SEPARATOR}\d+)*")
GROUP = re.compile(r"\d+")
DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # the digit sum of twice the digit

Group = tuple[int, int]


class Redaction(TypedDict):
    """A span of the stored text that replaces what was written; offsets in characters of the new text."""

    kind: str
    start: int
    len: int


def mask_cards(text: str) -> tuple[str, list[Redaction]]:
    """Return the text with each card number replaced by `•••• ` and its last four digits, and the spans.

    What is masked already stays as it is, so that masking twice is masking once.
    """
    out: list[str] = []
    spans: list[Redaction] = []
    done = 0
    length = 0
    for start, end in _cards(text):
        mask = MASK + _digits(text[start:end])[-SHOWN:]
        out += [text[done:start], mask]
        length += start - done
        spans.append({"kind": "card", "start": length, "len": len(mask)})
        length += len(mask)
        done = end
    out.append(text[done:])
    return "".join(out), spans


def masked(text: str) -> str:
    """Return the text as `mask_cards` does, where nobody asks for the spans."""
    return mask_cards(text)[0]


def is_card(digits: str) -> bool:
    """Tell whether 13 to 19 digits carry a valid check digit and are not all the same."""
    if not SHORTEST <= len(digits) <= LONGEST or _is_one_digit(digits, 0, len(digits)):
        return False
    return _Sums(digits).is_valid(0, len(digits))


class _Sums:
    """Check sums of any stretch of the digits, each in constant time: a long run has many windows."""

    def __init__(self, digits: str) -> None:
        self.sums: tuple[list[int], list[int]] = ([0], [0])
        for place, digit in enumerate(map(int, digits)):
            for doubled, sums in enumerate(self.sums):
                sums.append(sums[-1] + (DOUBLED[digit] if place % 2 == doubled else digit))

    def is_valid(self, start: int, end: int) -> bool:
        """Whether the last digit of `[start, end)` is the check digit of the others."""
        sums = self.sums[end % 2]  # every second digit is doubled, the last one is not
        return (sums[end] - sums[start]) % 10 == 0


def _cards(text: str) -> Iterator[Group]:
    """Yield where in the text a card stands, as `[start, end)`, in order and without overlap."""
    for run in RUN.finditer(text):
        if run.end() - run.start() < SHORTEST:
            continue
        groups = [group.span() for group in GROUP.finditer(text, *run.span())]
        if _is_of_mask(text, groups[0]):
            del groups[0]
        borders = [0]
        for start, end in groups:
            borders.append(borders[-1] + end - start)
        for stretch in _merged(_windows(text, groups, borders)):
            for first, last in _apart(stretch, borders):
                yield groups[first][0], groups[last - 1][1]


def _windows(text: str, groups: list[Group], borders: list[int]) -> Iterator[Group]:
    """Yield the windows `[first, last)` of whole groups that are cards, by their first group.

    `borders` are the places in the digits between the groups, from 0 to the last one's end.
    """
    digits = "".join(text[start:end] for start, end in groups)
    sums = _Sums(digits)
    for first, start in enumerate(borders):
        for last in range(first + 1, min(first + LONGEST, len(groups)) + 1):
            end = borders[last]
            if end - start > LONGEST:
                break
            if (
                end - start >= SHORTEST
                and sums.is_valid(start, end)
                and not _is_one_digit(digits, start, end)
            ):
                yield first, last


def _merged(windows: Iterator[Group]) -> Iterator[list[Group]]:
    """Gather the windows that share a group; those that only touch stay apart."""
    held: list[Group] = []
    end = 0
    for window in windows:
        if held and window[0] >= end:
            yield held
            held = []
        held.append(window)
        end = max(end, window[1])
    if held:
        yield held


def _apart(windows: list[Group], borders: list[int]) -> list[Group]:
    """Return the windows that fill the stretch if they are told apart, else the stretch as one."""
    first, last = windows[0][0], max(end for _start, end in windows)
    ways = {first: 1}  # in how many ways windows lead from the first group to here; two are too many
    before: dict[int, int] = {}
    for start, end in windows:
        if start in ways:
            ways[end] = min(2, ways.get(end, 0) + ways[start])
            before[end] = start
    if ways.get(last) != 1:
        return [(first, last)]
    cuts = [last]
    while cuts[-1] != first:
        cuts.append(before[cuts[-1]])
    cards = list(pairwise(reversed(cuts)))
    return cards if _hides(cards, windows, borders) else [(first, last)]


def _hides(cards: list[Group], windows: list[Group], borders: list[int]) -> bool:
    """Tell whether masks of these cards show no more than four digits of any window."""
    shown = [place for _start, end in cards for place in range(borders[end] - SHOWN, borders[end])]
    return all(
        bisect_left(shown, borders[end]) - bisect_left(shown, borders[start]) <= SHOWN
        for start, end in windows
    )


def _is_one_digit(digits: str, start: int, end: int) -> bool:
    return digits.count(digits[start], start, end) == end - start


def _is_of_mask(text: str, group: Group) -> bool:
    """Whether the group is the four digits that a mask shows: they are part of no card any more."""
    start, end = group
    return end - start == 4 and text.endswith(MASK, 0, start)


def _digits(text: str) -> str:
    return "".join(GROUP.findall(text))
