"""Dates as the reader's language writes them."""

import re
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language

LARGE = {"en"}
"""Languages whose short months begin with a capital. Django's `M` gives one to all, so 21 Nov in Swedish."""
SHORT_MONTH = re.compile(r"(?<!\\)M")


def dated(when: date, form: str) -> str:
    """Write a date or a local time by a format of Django's `date` filter."""
    return date_format(when, as_written(form))


def as_written(form: Any) -> Any:
    """Return the format as the active language wants it."""
    language = (get_language() or "en").split("-")[0]
    return form if language in LARGE or not form else SHORT_MONTH.sub("b", form)
