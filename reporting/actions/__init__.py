"""The verbs of this room. Those of `issuing` read reports, which read roll-ups: they are imported by name."""

from reporting.actions.clauses import (
    Settled,
    add_clause,
    change_clause,
    end_clause,
    withdraw_clause,
)
from reporting.actions.exclusions import (
    Answered,
    Refused,
    answer_exclusion,
    close_in_emergency,
    reopen,
)
from reporting.actions.rollups import keep_days, rebuild, resum, roll_next

__all__ = [
    "Answered",
    "Refused",
    "Settled",
    "add_clause",
    "answer_exclusion",
    "change_clause",
    "close_in_emergency",
    "end_clause",
    "keep_days",
    "rebuild",
    "reopen",
    "resum",
    "roll_next",
    "withdraw_clause",
]
