"""The verbs of this room."""

from reporting.actions.exclusions import (
    Answered,
    Refused,
    answer_exclusion,
    close_in_emergency,
    reopen,
)
from reporting.actions.rollups import rebuild, roll_next

__all__ = [
    "Answered",
    "Refused",
    "answer_exclusion",
    "close_in_emergency",
    "rebuild",
    "reopen",
    "roll_next",
]
