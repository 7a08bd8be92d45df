"""How a screen or a command obtains an onboarding. Who may is settled before: the provider's operators."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, RoomError
from tenants.choices import DraftState
from tenants.look.logos import Logo
from tenants.onboarding.models import DraftLogo, OnboardingDraft
from tenants.onboarding.values import DraftView, view_of
from tenants.scope import labour_scope

OPEN = (DraftState.DRAFT, DraftState.APPLIED)


class Stale(RoomError):
    """Somebody has saved a newer version of this onboarding."""

    code = "stale"

    def __init__(self) -> None:
        super().__init__(_("Somebody saved this meanwhile. Look at what is there now, then save again."))


def get_draft(ref: UUID) -> DraftView:
    """Return the onboarding, unless it was undone. Raises NotFound."""
    with labour_scope():
        row = OnboardingDraft.objects.exclude(state=DraftState.UNDONE).filter(ref=ref).first()
        if row is None:
            raise NotFound
        return view_of(row)


def get_logo(ref: UUID, digest: str) -> Logo:
    """Return the picture of that digest beside the onboarding. Raises NotFound."""
    with labour_scope():
        row = DraftLogo.objects.filter(draft__ref=ref, digest=digest).first()
    if row is None:
        raise NotFound
    return Logo(row.kind, bytes(row.body))


def draft_of(brand_id: int) -> DraftView | None:
    """Return the onboarding that made the brand, None for one that was made otherwise."""
    with labour_scope():
        row = OnboardingDraft.objects.exclude(state=DraftState.UNDONE).filter(brand_id=brand_id).first()
        return view_of(row) if row else None


def draft_by_key(key: str) -> OnboardingDraft | None:
    with labour_scope():
        return OnboardingDraft.objects.exclude(state=DraftState.UNDONE).filter(key=key).first()


def unbuilt_drafts(search: str = "", *, limit: int = 20) -> tuple[list[DraftView], int]:
    """Return the onboardings that are no brand yet, the last changed first, and how many there are in all.

    `search`: a part of the client's name as it was typed.
    """
    with labour_scope():
        rows = OnboardingDraft.objects.filter(state=DraftState.DRAFT).order_by("-changed_at", "-pk")
        if search:
            rows = rows.filter(data__brand__name__icontains=search)
        return [view_of(row) for row in rows[:limit]], rows.count()


def every_draft() -> QuerySet[OnboardingDraft]:
    """Return all that are not undone, in the labour scope of who asks."""
    return OnboardingDraft.objects.exclude(state=DraftState.UNDONE)


def drafts_of(brand_ids: list[int]) -> dict[int, DraftView]:
    """Return {brand id: its onboarding} of those that have one."""
    with labour_scope():
        rows = OnboardingDraft.objects.exclude(state=DraftState.UNDONE).filter(brand_id__in=brand_ids)
        return {row.brand_id: view_of(row) for row in rows if row.brand_id}


def lock_draft(ref: UUID, version: int) -> OnboardingDraft:
    """Fetch the row for a change, if it is still that version and open. Raises NotFound, Stale."""
    row = OnboardingDraft.objects.select_for_update().filter(ref=ref, state__in=OPEN).first()
    if row is None:
        raise NotFound
    if row.version != version:
        raise Stale
    return row
