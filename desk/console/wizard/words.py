"""Sentences about a client that more than one screen says."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.shares import percent
from interactions.calendar_rules import told
from tenants.values import SoftPlan


def soft_words(plan: SoftPlan, zone: str) -> str:
    """Return to whom a soft launch is open: "10% of visitors, 09:00-12:00 (Europe/Oslo), ... at once"."""
    words = _("%(share)s of visitors") % {"share": percent(plan.share)}
    if plan.opens is not None and plan.closes is not None:
        said = {"opens": told(plan.opens), "closes": told(plan.closes), "zone": zone}
        words += ", " + _("%(opens)s-%(closes)s (%(zone)s)") % said
    most = ngettext(
        "at most %(count)d conversation at once", "at most %(count)d conversations at once", plan.most_open
    ) % {"count": plan.most_open}
    return f"{words}, {most}"
