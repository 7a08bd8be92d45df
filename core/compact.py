"""JSON as sockets send it and tables take it; `json.dumps` with options makes an encoder for each call."""

import json
from datetime import date
from decimal import Decimal
from uuid import UUID

AS_TEXT = (UUID, date, Decimal)
"""What JSON has no form for and is kept as its text; an instant is a date too."""


def _text_of(value: object) -> str:
    if isinstance(value, AS_TEXT):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)
_strict = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_text_of)


def compact(frame: object) -> str:
    """Return the frame as JSON without blanks; what JSON has no form for (UUID, date) goes as its text."""
    return _encoder.encode(frame)


def compact_kept(value: object) -> str:
    """The same for what is kept. Raises TypeError for what is none of AS_TEXT: nobody could read it back."""
    return _strict.encode(value)
