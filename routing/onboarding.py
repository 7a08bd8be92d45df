"""Onboarding's check of this room: for every line somebody of its pools is seated and certified."""

from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from routing.models import PoolMember, PoolQueue, QueuePlan
from tenants.onboarding.registry import Check, Finding
from tenants.scope import labour_scope
from tenants.values import BrandCard, Grant
from workforce.queries import certified


def find_served(brand: BrandCard, grant: Grant, now: datetime) -> Finding:
    able = certified(now).filter(brand_id=brand.id).values("agent_id")
    members = PoolMember.objects.valid(now).filter(pool=OuterRef("pool"), agent_id__in=able)
    serving = PoolQueue.objects.filter(Exists(members), plan=OuterRef("queue_id"))
    with labour_scope():
        plans = QueuePlan.objects.filter(brand_id=brand.id)
        alone = list(plans.exclude(Exists(serving)).order_by("pk").values_list("label", flat=True))
        count = plans.count()
    if alone or not count:
        named = ", ".join(alone) or "-"
        return Finding("bad", _("Nobody who may answer is in a pool of: %(lines)s.") % {"lines": named})
    return Finding("good", _("Each queue has a pool with somebody who may answer."))


CHECKS = (Check("served", "routing", _("Every queue is served"), 50, "people", find_served),)
