"""What other rooms hold of a brand and of an entrance to it: frozen values, made from rows once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class BrandCard:
    """A brand as everybody else knows it."""

    id: int
    ref: UUID
    slug: str
    name: str
    schema_name: str
    role_name: str
    timezone: str
    hue: int
    tone: str
    tone_do: tuple[str, ...]
    tone_dont: tuple[str, ...]
    locales: tuple[str, ...]
    state: str
    kind: str
    logo: str = ""


@dataclass(frozen=True, slots=True)
class SoftPlan:
    """Who may come in during a soft launch: `share` per cent of the visitors, in the brand's zone from
    `opens` until `closes` (minutes since midnight, half-open, over midnight when it ends no later; None: all
    day), and `most_open` conversations at once.
    """

    share: int
    opens: int | None
    closes: int | None
    most_open: int

    def is_open_at(self, minute: int) -> bool:
        """Say whether new visitors may come in at this minute of the brand's day."""
        if self.opens is None or self.closes is None:
            return True
        if self.opens < self.closes:
            return self.opens <= minute < self.closes
        return minute >= self.opens or minute < self.closes

    def takes_at(self, now: datetime, zone: str) -> bool:
        """Say whether new visitors may come in at this instant of the brand's zone."""
        local = now.astimezone(ZoneInfo(zone))
        return self.is_open_at(local.hour * 60 + local.minute)


@dataclass(frozen=True, slots=True)
class EndpointCard:
    """An entrance to a brand: which inbox a public key leads to, and which pages may carry it.

    `soft`: to whom it is open while it is not to everybody.
    """

    id: int
    kind: str
    brand_id: int
    inbox_ref: UUID
    origins: tuple[str, ...]
    state: str
    soft: SoftPlan | None = None

    @property
    def is_active(self) -> bool:
        return self.state in {"active", "test"}

    @property
    def is_test(self) -> bool:
        return self.state == "test"


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to enter a brand (`brand_id` None: any), made by accounts.actor, system() and visitor() only."""

    kind: Literal["member", "system", "visitor"]
    brand_id: int | None
    who: str
    role: str
