"""Reactions to what happens below this room."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from interactions import actions
from tenants.scope import tenant_scope
from tenants.values import BrandCard, Grant
from workforce.queries import shown_name
from workforce.signals import agent_left


@receiver(agent_left)
def hand_drafts_over(
    agent_id: int, lead_id: int | None, brand: BrandCard, grant: Grant, now: datetime, **kwargs: Any
) -> dict[str, int]:
    shown = shown_name(agent_id, brand.id)
    with tenant_scope(brand, grant):
        return actions.hand_drafts_over(agent_id, agent_shown=shown, lead_id=lead_id, now=now)
