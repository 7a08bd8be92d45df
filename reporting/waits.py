"""How well customers were told how long they would wait: what was said against what came. Pure; seconds.

Counted are contacts that were answered after they had been told. A range is the 50th to the 80th percentile
of waits before, so of waits like those before half come sooner, three of ten within, and two of ten later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from reporting.contacts import Contact, Told

FIRST, LAST = "first", "last"


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Of so many told: how many came within the range, sooner, later; and the median of how far the wait
    was from the lower end, which half should stay below, either way."""

    told: int
    within: int
    sooner: int
    later: int
    median_error: Fraction | None

    @property
    def share_within(self) -> Fraction | None:
        """Per cent within the range; None where nobody was told."""
        return Fraction(100 * self.within, self.told) if self.told else None


def accuracy(contacts: Sequence[Contact], given: str) -> Accuracy:
    """Compare what these contacts were told, the first or the last of it, with how long it took from then."""
    pairs = [
        (told, Fraction((contact.answered_at - told.at).total_seconds()))
        for contact in contacts
        if contact.counts and contact.answered_at and (told := _told(contact, given))
    ]
    sooner = sum(1 for told, waited in pairs if waited < told.p50)
    later = sum(1 for told, waited in pairs if waited > told.p80)
    errors = [abs(waited - told.p50) for told, waited in pairs]
    middle = Fraction(median(errors)) if errors else None
    return Accuracy(len(pairs), len(pairs) - sooner - later, sooner, later, middle)


def _told(contact: Contact, given: str) -> Told | None:
    """What was told of the wait for the answer: nothing that was said once it had come."""
    return next(
        (
            told
            for told in contact.told
            if told.given == given and contact.answered_at and told.at <= contact.answered_at
        ),
        None,
    )
