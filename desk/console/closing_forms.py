"""What somebody typed to close a client or a queue: kept as typed, read for the verbs. Local times."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _

from core.hours import local_instant, wall_time
from interactions.choices import Line
from interactions.errors import Invalid


@dataclass
class Draft:
    """What both forms hold. `key` makes the same form, sent twice, one closure."""

    key: str = field(default_factory=lambda: str(uuid4()))
    reason: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def lines(self) -> list[dict[str, str]]:
        """The texts for the template."""
        return [
            {"language": language, "text": text, "error": self.errors.get(f"texts.{language}", "")}
            for language, text in self.texts.items()
        ]

    @property
    def ref(self) -> UUID | None:
        return uuid_of(self.key)


@dataclass
class EarlyDraft(Draft):
    """An early closing as typed: `queue` is a ref, `at` a time of the client's day."""

    queue: str = ""
    at: str = ""

    def queue_ref(self) -> UUID:
        """Return the queue. Raises Invalid for none."""
        found = uuid_of(self.queue)
        if found is None:
            raise Invalid({"queue": _("Choose a queue.")})
        return found

    def instant(self, zone: str, *, now: datetime) -> datetime:
        """Return when it closes today. Raises Invalid for what is no time of day."""
        try:
            wall = time.fromisoformat(self.at)
        except ValueError as error:
            raise Invalid({"at": _("Give a time of today, like 17:30.")}) from error
        if wall.tzinfo is not None:
            raise Invalid({"at": _("Give a time of today, like 17:30.")})
        return local_instant(zone, datetime.combine(now.astimezone(ZoneInfo(zone)).date(), wall))


@dataclass
class CloseDraft(Draft):
    """A closure as typed. `scope`: "", `calendar:<ref>` or `queue:<ref>`; `until` is local to the client."""

    scope: str = ""
    until: str = ""
    line: str = Line.TOLD
    helps: bool = True

    def shut(self) -> dict[str, UUID]:
        """Return the verb's argument for what is to be closed. Raises Invalid for what nobody can mean."""
        kind, _colon, ref = self.scope.partition(":")
        if not self.scope:
            return {}
        found = uuid_of(ref)
        if found is None or kind not in {"calendar", "queue"}:
            raise Invalid({"scope": _("Choose what to close.")})
        return {f"{kind}_ref": found}

    def instant(self, zone: str) -> datetime | None:
        """Return when it ends; None for until further notice. Raises Invalid for what is no time."""
        if not self.until:
            return None
        try:
            return local_instant(zone, wall_time(self.until))
        except ValueError as error:
            raise Invalid({"until": _("This is not a date and a time.")}) from error


def posted_early(data: QueryDict, languages: Iterable[str]) -> EarlyDraft:
    """Return the early closing as it was sent, with a text for each of the client's languages."""
    return EarlyDraft(**_sent(data, "key", "queue", "at", "reason"), texts=_texts(data, languages))


def posted_closure(data: QueryDict, languages: Iterable[str]) -> CloseDraft:
    """Return the closure as it was sent. A form that does not ask says nothing of the line."""
    sent = _sent(data, "key", "scope", "until", "reason") | {"line": data.get("line", Line.SERVED)}
    helps = "helps" in data or "asked" not in data
    return CloseDraft(**sent, helps=helps, texts=_texts(data, languages))


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _sent(data: QueryDict, *names: str) -> dict[str, Any]:
    return {name: data.get(name, "").strip()[:300] for name in names}


def _texts(data: QueryDict, languages: Iterable[str]) -> dict[str, str]:
    return {language: data.get(f"text-{language}", "").strip() for language in languages}
