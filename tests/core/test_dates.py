"""Dates as the reader's language writes them, in templates and in sentences."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.template import engines
from django.utils.translation import override

from core.dates import dated
from core.templatetags import ui

AT = datetime(2031, 11, 21, 9, 5, tzinfo=UTC)


def shown(form: str, when: Any = AT) -> str:
    page: Any = engines["django"].from_string('{{ when|date:"' + form + '" }}')
    return str(page.render({"when": when}))


@pytest.mark.parametrize(
    ("language", "form", "written"),
    [
        ("en", "D j M Y, H:i", "Fri 21 Nov 2031, 09:05"), ("sv", "D j M Y, H:i", "fre 21 nov 2031, 09:05"),
        ("en", "j F Y", "21 November 2031"), ("sv", "j F Y", "21 november 2031"),
        ("sv", r"j \M M", "21 M nov"), ("sv", "Y-m-d", "2031-11-21"),
    ],
)  # fmt: skip
def it_begins_months_as_the_language_does(language: str, form: str, written: str) -> None:
    with override(language):
        assert dated(AT, form) == shown(form) == written


def it_says_so_in_words_as_well() -> None:
    with override("sv"):
        assert ui.moment(AT, "Europe/Stockholm") == "21 nov 2031"


def it_writes_nothing_of_nothing() -> None:
    assert shown("j M Y", None) == ""
