"""What the sheet at the end of a shift shows: the agent's open conversations, and what can become of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from accounts.actor import Actor
from core.errors import RoomError
from core.ids import new_ref
from desk.inbox import inbox_of
from desk.snoozing import Until, choices, instant_of, zone_of
from desk.values import CLOSED, WRAP_UP, Row
from routing.errors import Invalid
from routing.shift import FINISH, SNOOZE, Open, ShiftEndChoice, choices_for, settle
from tenants.cards import card_by_slug

MOST = 200


@dataclass(frozen=True)
class OpenRow:
    """One line of the sheet: what was chosen and written stays when it is refused, `error` says why."""

    row: Row
    choices: list[ShiftEndChoice]
    chosen: str
    note: str
    until: str
    at: str
    error: str

    @property
    def name(self) -> str:
        """How its fields are called."""
        return f"{self.row.client.slug}.{self.row.ref}"

    @property
    def has_note(self) -> bool:
        return any(choice.wants_note for choice in self.choices)

    @property
    def has_time(self) -> bool:
        return any(choice.wants_time for choice in self.choices)


@dataclass(frozen=True)
class Sheet:
    """`times`: until when something can be put away, told in `zone`."""

    rows: list[OpenRow]
    key: UUID
    times: tuple[Until, ...]
    zone: ZoneInfo

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
    zone = zone_of(actor)
    return Sheet([_open(row, said, errors) for row in rows], new_ref(now), choices(zone, now), zone)


def carry_out(actor: Actor, said: Mapping[str, str], *, now: datetime) -> dict[str, str]:
    """Do what was chosen, each by itself; returns by row name, in words, what was refused."""
    errors: dict[str, str] = {}
    key, zone = _uuid(said.get("key", "")) or new_ref(now), zone_of(actor)
    for field, choice in list(said.items())[:MOST]:
        kind, _dash, name = field.partition("-")
        slug, _dot, ref = name.partition(".")
        client, uuid = card_by_slug(slug) if kind == "choice" else None, _uuid(ref)
        if client is None or uuid is None or choice == FINISH:
            continue
        note = said.get(f"note-{name}", "")
        try:
            until = _until(said, name, zone, now) if choice == SNOOZE else None
            settle(Open(actor, client, uuid, note, uuid5(key, name), now, until), choice=choice)
        except Invalid as error:
            errors[name] = " ".join(error.errors.values())
        except RoomError as error:
            errors[name] = str(error.message)
    return errors


def _open(row: Row, said: Mapping[str, str], errors: Mapping[str, str]) -> OpenRow:
    stays = row.group == WRAP_UP or row.beside  # a colleague's is not theirs to give away
    offered, name = choices_for(in_wrap_up=stays), f"{row.client.slug}.{row.ref}"
    chosen = said.get(f"choice-{name}", offered[0].name)
    note, until, at = (said.get(f"{field}-{name}", "") for field in ("note", "until", "at"))
    return OpenRow(row, offered, chosen, note, until, at, errors.get(name, ""))


def _until(said: Mapping[str, str], name: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the instant that was chosen for the row. Raises Refused."""
    form = {field: said.get(f"{field}-{name}", "") for field in ("until", "at")}
    return instant_of(form, zone=zone, now=now)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
