"""python -m tests.checker log.jsonl --zone Europe/Stockholm --from 2026-03-01 --to 2026-03-31"""

import sys
from argparse import ArgumentParser
from datetime import UTC, date, datetime
from pathlib import Path

from tests.checker.agents import agents
from tests.checker.agreed import agreed, unlike_the_log
from tests.checker.contacts import contacts_of
from tests.checker.figures import figures
from tests.checker.forecast import accuracy, cells
from tests.checker.lines import bounds, micros, stories
from tests.checker.promised import Report, commitments, said


def main() -> None:
    """Write each number as `key<TAB>exact fraction<TAB>about`; – is no number."""
    parser = ArgumentParser(prog="python -m tests.checker", description="Count a client's log again.")
    parser.add_argument("log", type=Path, help="what manage.py export_log wrote")
    parser.add_argument("--zone", required=True, help="the client's zone, like Europe/Stockholm")
    parser.add_argument("--from", dest="first", required=True, type=date.fromisoformat, help="the first day")
    parser.add_argument("--to", dest="last", required=True, type=date.fromisoformat, help="the last day")
    parser.add_argument(
        "--at", type=datetime.fromisoformat, help="when it was issued, with its offset; or now"
    )
    asked = parser.parse_args()
    with asked.log.open(encoding="utf-8") as file:
        lines = list(file)
    logs, terms = stories(lines), agreed(lines)
    within = bounds(asked.zone, asked.first, asked.last)
    contacts = contacts_of(logs)
    report = Report(asked.zone, asked.first, asked.last, micros(asked.at or datetime.now(UTC)))
    errors = accuracy(cells(terms, contacts, report))
    for key, number in (figures(contacts, *within) | agents(logs, *within) | errors).items():
        about = "–" if number is None else f"{number}\t{float(number):.6f}"
        sys.stdout.write(f"{key}\t{about}\n")
    for line in said(commitments(terms, contacts, report)):
        sys.stdout.write(f"{line}\n")
    for ref in unlike_the_log(lines):
        sys.stdout.write(f"UNLIKE THE LOG\t{ref}\n")


if __name__ == "__main__":
    main()
