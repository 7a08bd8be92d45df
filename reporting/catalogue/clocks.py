"""Clocks of conversations that kept their targets."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reporting.catalogue.defining import CLOCK, CUSTOMER, define
from reporting.metrics import HIGHER, Metric

DECIDED = _("A clock counts with the contact in hand when it was fulfilled, or when its target was used up.")
KINDS = ("first", "next", "resolution", "update")


def _attained(id: str, name: Promise, words: Promise, *kinds: str) -> Metric:
    met = "+".join(f"{kind}_met" for kind in kinds)
    both = "+".join(f"{kind}_met+{kind}_missed" for kind in kinds)
    more = {"iso": CUSTOMER, "copc": "On-Time Performance", "attribution": DECIDED, "better": HIGHER}
    return define(id, CLOCK, name, words, "percent", top=met, bottom=both, **more)


CLOCKS = (
    _attained(
        "SLA.ATTAIN", _("Clocks in time"),
        _("Clocks that ended in time, out of all that ended in time or too late; what runs is left out."),
        *KINDS,
    ),
    _attained(
        "SLA.ATTAIN.FIRST", _("First responses in time"),
        _("First responses within their target, out of those given; anew after it was opened again."),
        "first",
    ),
    _attained(
        "SLA.ATTAIN.NEXT", _("Next responses in time"),
        _("Answers to later messages within their target, out of all that ended."), "next",
    ),
    _attained(
        "SLA.ATTAIN.RESOLUTION", _("Resolutions in time"),
        _("Conversations closed within their target, out of those closed."), "resolution",
    ),
    _attained(
        "SLA.ATTAIN.UPDATE", _("Updates in time"),
        _("Agents' messages within the agreed time from the one before, out of all that ended."), "update",
    ),
    define(
        "SLA.LATE", CLOCK, _("Running late"),
        _("Clocks that have used up their target and go on: in no share yet."),
        "count", top="clocks_late", attribution=DECIDED, iso=CUSTOMER, copc="Aged Backlog",
    ),
)  # fmt: skip
