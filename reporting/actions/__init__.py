"""The verbs of this room. Those of `issuing` read reports, which read roll-ups: they are imported by name."""

from reporting.actions.clauses import (
    Settled,
    add_clause,
    change_clause,
    end_clause,
    promise_at_first,
    withdraw_clause,
)
from reporting.actions.exclusions import (
    Answered,
    Contradicted,
    Proposal,
    answer_exclusion,
    close_in_emergency,
    propose_exclusion,
    reopen,
    reverse_answer,
    withdraw_exclusion,
)
from reporting.actions.incidents import end_incident, withdraw_incident, write_incident
from reporting.actions.rollups import keep_days, rebuild, resum, roll_next

__all__ = [
    "Answered",
    "Contradicted",
    "Proposal",
    "Settled",
    "add_clause",
    "answer_exclusion",
    "change_clause",
    "close_in_emergency",
    "end_clause",
    "end_incident",
    "keep_days",
    "rebuild",
    "reopen",
    "resum",
    "promise_at_first",
    "propose_exclusion",
    "reverse_answer",
    "roll_next",
    "withdraw_clause",
    "withdraw_exclusion",
    "withdraw_incident",
    "write_incident",
]
