"""One-time codes of an app (RFC 6238): 30 s, six digits, one step of tolerance, each code once."""

import time
from urllib.parse import quote, urlencode

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from core.lazy import LazyModule

PERIOD = 30
TOLERANCE = 1

qrcode = LazyModule("qrcode")


def counter_of(secret: str, code: str, *, after: int, at: float | None = None) -> int | None:
    """Return the time step the code is of, if it is later than `after`; None for a wrong or used code."""
    present = int(time.time() if at is None else at) // PERIOD
    steps = range(present - TOLERANCE, present + TOLERANCE + 1)
    right = [step for step in steps if compare_user_code(actual=code, expected=code_at(secret, step))]
    return next((step for step in right if step > after), None)


def code_at(secret: str, step: int) -> str:
    return str(format_hotp_value(hotp_value(secret, step)))


def address_of_secret(secret: str, *, label: str, issuer: str) -> str:
    """Return what the QR code says: otpauth://totp/..."""
    query = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{issuer}:{label}')}?{query}"


def drawn(text: str) -> tuple[int, str]:
    """Return a QR code as an SVG's: how many modules wide, and the `d` of one path, a square a module."""
    code = qrcode.QRCode(border=4)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    return len(matrix), path


def spaced(secret: str) -> str:
    """Return the key in groups of four, to be typed."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
