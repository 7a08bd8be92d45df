"""What screens and commands hold of an onboarding: frozen values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.cards import card_by_id
from tenants.choices import DraftState
from tenants.onboarding.logo import LogoView, logo_view
from tenants.onboarding.models import OnboardingDraft
from tenants.onboarding.registry import steps
from tenants.values import BrandCard


@dataclass(frozen=True, slots=True)
class DraftView:
    """One onboarding. `data`: {step: data} of what was saved or proposed; `brand` once it is built.

    `saved` are the names of the steps that somebody has saved; `share` says in percent how far it is.
    """

    ref: UUID
    brand: BrandCard | None
    kind: str
    blueprint: str
    data: dict[str, Any]
    saved: tuple[str, ...]
    step: str
    state: str
    version: int
    changed_at: datetime
    logo: LogoView | None = None

    @property
    def name(self) -> str:
        return str(self.data.get("brand", {}).get("name", ""))

    @property
    def is_open(self) -> bool:
        return self.state in {DraftState.DRAFT, DraftState.APPLIED}

    @property
    def is_built(self) -> bool:
        return self.state in {DraftState.APPLIED, DraftState.LIVE}

    @property
    def share(self) -> int:
        if self.state == DraftState.LIVE:
            return 100
        done = len(steps()) if self.is_built else len(self.saved)
        return round(90 * done / max(1, len(steps())))


def view_of(row: OnboardingDraft) -> DraftView:
    """Freeze a row."""
    data = dict(row.data)
    saved, logo = tuple(data.pop(SAVED, ())), logo_view(data)
    brand = card_by_id(row.brand_id) if row.brand_id else None
    return DraftView(
        row.ref,
        brand,
        row.kind,
        row.blueprint,
        data,
        saved,
        row.step,
        row.state,
        row.version,
        row.changed_at,
        logo,
    )


SAVED = "_saved"
