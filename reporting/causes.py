"""Why contacts were not answered in time, from what their logs say. Values only."""

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import ngettext

from reporting.amounts import MISSED, in_target
from reporting.clocks import Clock
from reporting.contacts import Contact

LEFT, RANG, MISSED_OFFER, NOBODY, SLOW = "left", "rang", "missed", "nobody", "slow"


def cause_of(contact: Contact, clock: Clock) -> str:
    """Return why; "" when it was in time, or nobody can say yet."""
    if not contact.counts or contact.settled_at is None or in_target(contact, clock):
        return ""
    if contact.abandoned_at:
        return RANG if contact.offers else LEFT
    if any(offer.end in MISSED for offer in contact.offers):
        return MISSED_OFFER
    return SLOW if _asked_in_time(contact, clock) else NOBODY


def causes(contacts: Iterable[Contact], clock: Clock) -> tuple[str, ...]:
    """Return the causes in words, the most frequent first."""
    found = Counter(filter(None, (cause_of(contact, clock) for contact in contacts)))
    return tuple(_words(cause, count) for cause, count in found.most_common())


def _asked_in_time(contact: Contact, clock: Clock) -> bool:
    limit = contact.target_seconds * 1_000_000
    return any(clock(contact, contact.offered_at, offer.made_at) <= limit for offer in contact.offers)


def _words(cause: str, count: int) -> str:
    said = {
        LEFT: ngettext("%(n)d left before an agent was asked", "%(n)d left before an agent was asked", count),
        RANG: ngettext("%(n)d left after an agent was asked", "%(n)d left after an agent was asked", count),
        MISSED_OFFER: ngettext(
            "%(n)d late as an agent did not answer the offer",
            "%(n)d late as agents did not answer offers",
            count,
        ),
        NOBODY: ngettext(
            "%(n)d late as no agent was free in time", "%(n)d late as no agent was free in time", count
        ),
        SLOW: ngettext("%(n)d answered over the target", "%(n)d answered over the target", count),
    }
    return said[cause] % {"n": count}
