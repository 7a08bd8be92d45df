"""Why customers write: the reasons contacts were closed with, most first, with what they come to together."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from django.utils.translation import gettext as _

from core.shares import percent
from interactions.queries import reason_labels
from reporting.counting import Counting
from reporting.stored import reasons


@dataclass(frozen=True)
class Reason:
    """One reason: `share` of all closed ones and, with those before it, `running`, in per cent.

    `code` "": nobody had said; it comes last.
    """

    code: str
    label: str
    contacts: int
    share: float
    running: float

    @property
    def together(self) -> str:
        """The running share as text: one decimal, in the reader's locale."""
        return percent(self.running, 1)


def why(of: Counting, *, queue_id: int | None = None) -> list[Reason]:
    """Return the reasons of the contacts that came in the period; in a tenant_scope."""
    found = reasons(of, queue_id=queue_id)
    labels = reason_labels() | {"": _("Not said")}
    ordered = sorted(found, key=lambda code: (not code, -found[code], labels.get(code, code)))
    whole = sum(found.values())
    runs = accumulate(found[code] for code in ordered)
    return [
        Reason(code, labels.get(code, code), found[code], _percent(found[code], whole), _percent(run, whole))
        for code, run in zip(ordered, runs, strict=True)
    ]


def _percent(part: int, whole: int) -> float:
    return float(Fraction(100 * part, whole))
