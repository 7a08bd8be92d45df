"""What other rooms hold of a brand and of an entrance to it: frozen values, made from rows once."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID


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
class EndpointCard:
    """An entrance to a brand: which inbox a public key leads to, and which pages may carry it."""

    id: int
    kind: str
    brand_id: int
    inbox_ref: UUID
    origins: tuple[str, ...]
    state: str

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
