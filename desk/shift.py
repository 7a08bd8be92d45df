"""What the sheet at the end of a shift shows: the agent's open conversations, and what can become of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from accounts.actor import Actor
from core.errors import RoomError
from core.ids import new_ref
from desk.inbox import inbox_of
from desk.values import CLOSED, WRAP_UP, Row
from routing.errors import Invalid
from routing.shift import FINISH, Open, ShiftEndChoice, choices_for, settle
from tenants.cards import card_by_slug

MOST = 200


@dataclass(frozen=True)
class OpenRow:
    """One line of the sheet: what was chosen and written stays when it is refused, `error` says why."""

    row: Row
    choices: list[ShiftEndChoice]
    chosen: str
    note: str
    error: str

    @property
    def name(self) -> str:
        """How its fields are called."""
        return f"{self.row.client.slug}.{self.row.ref}"

    @property
    def has_note(self) -> bool:
        return any(choice.wants_note for choice in self.choices)


@dataclass(frozen=True)
class Sheet:
    rows: list[OpenRow]
    key: UUID

    @property
    def is_refused(self) -> bool:
        return any(row.error for row in self.rows)


def sheet_of(
    actor: Actor, *, said: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None,
    now: datetime,
) -> Sheet:  # fmt: skip
    """List what is open; `said` is the form as it was sent, `errors` words by row name."""
    said, errors = said or {}, errors or {}
    rows = [row for group in inbox_of(actor, now=now).groups if group.name != CLOSED for row in group.rows]
    return Sheet([_open(row, said, errors) for row in rows], new_ref(now))


def carry_out(actor: Actor, said: Mapping[str, str], *, now: datetime) -> dict[str, str]:
    """Do what was chosen, each by itself; returns by row name, in words, what was refused."""
    errors: dict[str, str] = {}
    key = _uuid(said.get("key", "")) or new_ref(now)
    for field, choice in list(said.items())[:MOST]:
        kind, _dash, name = field.partition("-")
        slug, _dot, ref = name.partition(".")
        client, uuid = card_by_slug(slug) if kind == "choice" else None, _uuid(ref)
        if client is None or uuid is None or choice == FINISH:
            continue
        note = said.get(f"note-{name}", "")
        try:
            settle(Open(actor, client, uuid, note, uuid5(key, name), now), choice=choice)
        except Invalid as error:
            errors[name] = " ".join(error.errors.values())
        except RoomError as error:
            errors[name] = str(error.message)
    return errors


def _open(row: Row, said: Mapping[str, str], errors: Mapping[str, str]) -> OpenRow:
    choices, name = choices_for(in_wrap_up=row.group == WRAP_UP), f"{row.client.slug}.{row.ref}"
    chosen = said.get(f"choice-{name}", choices[0].name)
    return OpenRow(row, choices, chosen, said.get(f"note-{name}", ""), errors.get(name, ""))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
