"""How a share is written: 86.4%, or 86,4 % where the reader's language puts a space before the sign."""

from fractions import Fraction

from django.template.defaultfilters import floatformat
from django.utils.translation import pgettext


def mark() -> str:
    """Return the sign that follows the number at once, with the space that belongs before it."""
    return pgettext("after a number, with the space that is written between them", "%")


def percent(number: float | Fraction, places: int = 0) -> str:
    """Write a share of a hundred, rounded, in the reader's language; places of decimals always stand."""
    return f"{floatformat(float(number), places)}{mark()}"
