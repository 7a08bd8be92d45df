"""JSON as sockets send it. One encoder for all frames: `json.dumps` with options makes one for each call."""

import json

_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)


def compact(frame: object) -> str:
    """Return the frame as JSON without blanks; what JSON has no form for (UUID, date) goes as its text."""
    return _encoder.encode(frame)
