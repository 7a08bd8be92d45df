"""Numbers as they are written, in the reader's locale."""

from decimal import Decimal
from fractions import Fraction

from django.utils import formats
from django.utils.translation import gettext as _

from core.shares import mark


def shown(unit: str, number: Fraction | None) -> tuple[str, str]:
    """Return the number and its unit in the reader's locale: one decimal for percent, m:ss for seconds.

    The unit brings the space before it along: one follows the other at once.
    """
    if number is None:
        return "–", ""
    if unit == "seconds":
        minutes, seconds = divmod(round(number), 60)
        return f"{minutes}:{seconds:02d}", ""
    if unit == "minutes":
        hours, minutes = divmod(round(number), 60)
        said = formats.number_format(hours, force_grouping=True)
        return f"{said}:{minutes:02d}", " " + _("h")
    if unit == "percent":
        return formats.number_format(round(float(number), 1), decimal_pos=1), mark()
    if unit == "ratio":
        return formats.number_format(round(float(number), 2), decimal_pos=2), ""
    return formats.number_format(int(number), force_grouping=True), ""


def written(unit: str, number: Fraction | None) -> str:
    """Return the number with its unit, as a sentence or a cell says it."""
    return "".join(shown(unit, number))


def hundredths(number: int) -> str:
    """Write a number of hundredths without zeros that say nothing."""
    plain = f"{Decimal(number) / 100:.2f}".rstrip("0").rstrip(".")
    return formats.number_format(plain, force_grouping=True)
