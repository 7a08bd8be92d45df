"""An entry of the trail in words: names without their numbers, changes before and after, marks of pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.html import format_html

from tenants.trail.reading import Entry, mark_text, read_mark
from tenants.trail.wording import Change, changes_of, machinery, plain_name, sentence
from tests.factories import NOW


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("queue:7 Orders and returns", "Orders and returns"),
        ("queue:7", "7"),
        ("day:2026-03-02", "2026-03-02"),
        ("conversation:019cadc6-9a80-7a12-84dc-88fde50ce4f2", "019cadc6…e4f2"),
        ("Office hours", "Office hours"),
        ("/report/?a=b:c", "/report/?a=b:c"),
        ("someone@else.example", "someone@else.example"),
        ("", ""),
    ],
)
def it_names_what_a_row_names(text: str, name: str) -> None:
    assert plain_name(text) == name


@pytest.mark.parametrize(
    ("actor", "words"),
    [
        ("system:tasks of worker 1", "The system"),
        ("visitor:3", "A visitor"),
        ("nobody", "Somebody unknown"),
        ("user:7", ""),
    ],
)
def it_names_who_is_no_person(actor: str, words: str) -> None:
    assert machinery(actor) == words


@pytest.mark.parametrize(
    ("value", "change"),
    [
        ([34, 20], ("34", "20", False)),
        ([None, True], ("", "yes", False)),
        ([["en", "sv"], ["en"]], ("en, sv", "en", False)),
        ("agent", ("", "agent", True)),
        ([1, 2, 3], ("", "1, 2, 3", True)),
        ({"a": False}, ("", "a: no", True)),
        ([], ("", "", True)),
    ],
)
def it_shows_pairs_and_facts(value: Any, change: tuple[str, str, bool]) -> None:
    assert changes_of({"field": value}) == [Change("field", *change)]


def it_takes_a_list_of_names_for_no_pair() -> None:
    assert changes_of({"fields": ["email", "name"]}) == [Change("fields", "", "email, name", True)]


def it_says_a_sentence_that_cannot_be_broken_into() -> None:
    entry = Entry(1, NOW, "user:1", None, "queue.changed", "queue:1 {who}<b>", {}, "", None, "")
    words = sentence(entry, who=format_html("<bdi>{}</bdi>", "{object}"), name_of=plain_name)
    assert words == ('<bdi>{object}</bdi> changed the queue <bdi translate="no">{who}&lt;b&gt;</bdi>')


class DescribeMarks:
    def it_reads_what_it_wrote_to_the_microsecond(self) -> None:
        mark = (NOW + timedelta(microseconds=1), 12)
        assert read_mark(mark_text(mark)) == mark

    def it_is_nothing_for_the_end(self) -> None:
        assert mark_text(None) == ""
        assert read_mark("") is None
