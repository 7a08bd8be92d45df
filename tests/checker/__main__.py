"""python -m tests.checker log.jsonl --zone Europe/Stockholm --from 2026-03-01 --to 2026-03-31"""

import sys
from argparse import ArgumentParser
from datetime import date, datetime
from pathlib import Path

from tests.checker.agents import agents
from tests.checker.agreed import agreed, unlike_the_log
from tests.checker.business import business
from tests.checker.contacts import contacts_of
from tests.checker.figures import figures
from tests.checker.forecast import accuracy, cells
from tests.checker.hours import exported_at, hours_of
from tests.checker.labour import agents_hours, beyond, labour, minutes_of, unlike
from tests.checker.lines import bounds, micros, stories
from tests.checker.promised import Report, commitments, said


def main() -> None:
    """Write each number as `key<TAB>exact fraction<TAB>about`; – is no number."""
    parser = ArgumentParser(prog="python -m tests.checker", description="Count a client's log again.")
    parser.add_argument("log", type=Path, help="what manage.py export_log wrote")
    parser.add_argument("--zone", required=True, help="the client's zone, like Europe/Stockholm")
    parser.add_argument("--from", dest="first", required=True, type=date.fromisoformat, help="the first day")
    parser.add_argument("--to", dest="last", required=True, type=date.fromisoformat, help="the last day")
    parser.add_argument("--at", type=datetime.fromisoformat, help="the instant of issue; else of the export")
    asked = parser.parse_args()
    lines = asked.log.read_text(encoding="utf-8").splitlines()
    logs, hours, minutes = stories(lines), hours_of(lines), minutes_of(lines)
    at, terms = micros(asked.at) if asked.at else exported_at(lines), agreed(lines)
    contacts, within = contacts_of(logs, hours, at), bounds(asked.zone, asked.first, asked.last)
    report = Report(asked.zone, asked.first, asked.last, within[1] if at is None else at, hours)
    numbers = figures(contacts, *within) | business(contacts, hours, *within) | agents(logs, *within)
    numbers |= labour(minutes, contacts, *within) | agents_hours(minutes, *within)
    numbers |= accuracy(cells(terms, contacts, report))
    for key, number in numbers.items():
        about = "–" if number is None else f"{number}\t{float(number):.6f}"
        sys.stdout.write(f"{key}\t{about}\n")
    for line in said(commitments(terms, contacts, report)):
        sys.stdout.write(f"{line}\n")
    for key, pair in unlike(minutes, logs, *within).items():
        sys.stdout.write(f"! {key}\tby events {pair[0]}, by minutes {pair[1]}\n")
    for quarter, agent in beyond(minutes):
        sys.stdout.write(f"! more than 15 minutes of agent {agent} from {quarter}\n")
    for ref in unlike_the_log(lines):
        sys.stdout.write(f"! {ref}\tevents say something else of it than what stands as agreed\n")


if __name__ == "__main__":
    main()
