"""The reasons every installation begins with."""

from typing import TypedDict

from django.utils.translation import gettext_noop

from workforce.choices import ReasonKind


class SeededReason(TypedDict):
    code: str
    label: str
    kind: str
    paid: bool
    position: int


SEEDED: list[SeededReason] = [
    {"code": "break", "label": gettext_noop("Break"), "kind": ReasonKind.BREAK, "paid": True, "position": 1},
    {"code": "meal", "label": gettext_noop("Meal"), "kind": ReasonKind.BREAK, "paid": False, "position": 2},
    {
        "code": "training",
        "label": gettext_noop("Training"),
        "kind": ReasonKind.TRAINING,
        "paid": True,
        "position": 3,
    },
    {
        "code": "meeting",
        "label": gettext_noop("Meeting"),
        "kind": ReasonKind.MEETING,
        "paid": True,
        "position": 4,
    },
]
