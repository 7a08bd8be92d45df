"""The logo of a client that is being set up: kept beside the draft until there is a brand to show it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenants.look.actions import show_logo
from tenants.look.hue import hue_of
from tenants.look.logos import Logo
from tenants.onboarding.models import DraftLogo, OnboardingDraft

LOGO = "_logo"


@dataclass(frozen=True, slots=True)
class LogoView:
    """`digest` names the picture; `hue` is what it suggests, None for one without colour."""

    digest: str
    hue: int | None


def logo_view(data: dict[str, Any]) -> LogoView | None:
    """Take what a draft says of its logo out of its data."""
    said = data.pop(LOGO, None)
    return LogoView(said["digest"], said["hue"]) if said else None


def keep(row: OnboardingDraft, logo: Logo, *, now: datetime) -> None:
    """Put the picture beside the locked draft, in place of an earlier one; the caller saves the draft."""
    held = {"kind": logo.kind, "body": logo.body, "digest": logo.digest, "kept_at": now}
    DraftLogo.objects.update_or_create(draft=row, defaults=held)
    row.data = row.data | {LOGO: {"digest": logo.digest, "hue": hue_of(logo)}}


def forget(row: OnboardingDraft) -> None:
    """Take the picture away; the caller saves the draft."""
    DraftLogo.objects.filter(draft=row).delete()
    row.data = {name: value for name, value in row.data.items() if name != LOGO}


def give(row: OnboardingDraft, brand_id: int, *, actor: str, now: datetime) -> None:
    """Show the draft's logo as the brand's, if it has one. In the labour plane."""
    if LOGO in row.data:
        held = DraftLogo.objects.get(draft=row)
        show_logo(brand_id, Logo(held.kind, bytes(held.body)), actor=actor, now=now)
