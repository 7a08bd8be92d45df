"""The audit trail for operators: entries in sentences with everybody's name, and the same as CSV."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.naming import Known, known_of, people_like
from core.spreadsheet import csv_pages
from tenants.models import Brand
from tenants.scope import labour_scope
from tenants.trail.forms import TrailForm
from tenants.trail.reading import PAGE, Entry, Mark, Wanted, entries_about, page, pages
from tenants.trail.wording import Change, changes_of, machinery, plain_name, sentence

HEAD = (
    "at (UTC)", "actor", "name", "verb", "object", "reason", "changes", "position", "hash",
)  # fmt: skip


class ConsoleTrailForm(TrailForm):
    """Operators also ask by name or address, or for an actor as the rows have it (`system`)."""

    who = forms.CharField(
        label=_("Who"), required=False, max_length=120, help_text=_("A name, an address, or “system”")
    )
    field_order = ("who", "verb", "since", "until")

    def wanted(self, brand_id: int | None) -> Wanted:
        """Return what was asked for, of a form that is valid."""
        verb, who = self.cleaned_data["verb"], self.cleaned_data["who"].strip()
        return Wanted(brand_id, verbs=(verb,) if verb else None, who=_whose(who), **self.bounds())


@dataclass(frozen=True, slots=True)
class Row:
    """One entry on the screen. `position` is its place in the chain, None while it waits for the sealer."""

    at: datetime
    words: SafeString
    role: str
    reason: str
    changes: list[Change]
    position: int | None
    hash: str


def rows_of(wanted: Wanted, before: Mark | None) -> tuple[list[Row], Mark | None]:
    """Return a page of rows, newest first, and the mark of the next page."""
    with labour_scope():
        entries, following = page(wanted, before=before)
    names = _Names(entries)
    return [_row(entry, names) for entry in entries], following


def history_of(object: str, *, limit: int = PAGE) -> list[Row]:
    """Return what was done to the object in any chain, newest first, at most `limit` rows."""
    with labour_scope():
        entries = entries_about(object, limit=limit)
    names = _Names(entries)
    return [_row(entry, names) for entry in entries]


def csv_of(wanted: Wanted) -> Iterator[str]:
    """Return all that is wanted as CSV, page by page; machines' words, instants in UTC."""
    return csv_pages(HEAD, (_cells(entries) for entries in pages(wanted, scope=labour_scope)))


class _Names:
    """The people and brands that a page of entries names."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        texts = {text for entry in entries for text in (entry.actor, entry.object)}
        self.people: Mapping[str, Known] = known_of(texts)
        self.brands = _brands(texts)

    def __call__(self, text: str) -> str:
        person = self.people.get(text)
        return person.name if person else self.brands.get(text) or plain_name(text)

    def who(self, actor: str) -> SafeString:
        if actor in self.people:
            return format_html('<bdi translate="no">{}</bdi>', self.people[actor].name)
        return format_html("{}", machinery(actor) or actor)

    def role(self, actor: str, brand_id: int | None) -> str:
        person = self.people.get(actor)
        return person.role_towards(brand_id) if person else ""


def _brands(texts: Iterable[str]) -> dict[str, str]:
    numbers = [text.removeprefix("brand:") for text in texts if text.startswith("brand:")]
    ids = [int(number) for number in numbers if number.isdecimal() and len(number) < 19]
    with labour_scope():
        found = Brand.objects.filter(pk__in=ids).values_list("pk", "name") if ids else ()
        return {f"brand:{pk}": name for pk, name in found}


def _row(entry: Entry, names: _Names) -> Row:
    return Row(
        at=entry.at,
        words=sentence(entry, who=names.who(entry.actor), name_of=names),
        role=names.role(entry.actor, entry.brand_id),
        reason=entry.reason,
        changes=changes_of(entry.diff),
        position=entry.position,
        hash=entry.hash,
    )


def _cells(entries: list[Entry]) -> list[tuple[Any, ...]]:
    people = known_of({entry.actor for entry in entries})
    return [_cell_row(entry, people.get(entry.actor)) for entry in entries]


def _cell_row(entry: Entry, person: Known | None) -> tuple[Any, ...]:
    diff = json.dumps(entry.diff, ensure_ascii=False, sort_keys=True) if entry.diff else ""
    name = person.name if person else ""
    return (
        f"{entry.at:%Y-%m-%d %H:%M:%S.%f}", entry.actor, name, entry.verb, entry.object, entry.reason, diff,
        entry.position, entry.hash,
    )  # fmt: skip


def _whose(words: str) -> Q:
    """Ask for the people of that name or address, and for actors that are called so."""
    if not words:
        return Q()
    return Q(actor__in=[words, *people_like(words)]) | Q(actor__startswith=f"{words}:")
