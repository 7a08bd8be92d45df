"""Payment card numbers are masked before the first write. Luhn: ISO/IEC 7812-1 annex B."""

import re
from typing import TypedDict

CANDIDATE = re.compile(r"(?<!\d)\d(?:[ \-.\u00a0]?\d){12,18}(?!\d)")


class Redaction(TypedDict):
    """A span of the stored text that replaces what was written; offsets in characters of the new text."""

    kind: str
    start: int
    len: int


def mask_cards(text: str) -> tuple[str, list[Redaction]]:
    """Return the text with each card number replaced by `•••• ` and its last four digits, and the spans."""
    out: list[str] = []
    spans: list[Redaction] = []
    done = 0
    length = 0
    for match in CANDIDATE.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if not is_card(digits):
            continue
        mask = f"•••• {digits[-4:]}"
        out += [text[done : match.start()], mask]
        length += match.start() - done
        spans.append({"kind": "card", "start": length, "len": len(mask)})
        length += len(mask)
        done = match.end()
    out.append(text[done:])
    return "".join(out), spans


def is_card(digits: str) -> bool:
    """Tell whether 13 to 19 digits carry a valid check digit and are not all the same."""
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
