"""A stretch of the client's clock: times that come twice, times that never come, and none."""

from typing import Any
from uuid import uuid4

import pytest

from desk.console.incident_forms import IncidentForm

STOCKHOLM, ADELAIDE = "Europe/Stockholm", "Australia/Adelaide"


def cleaned(zone: str, start: str, end: str = "") -> dict[str, Any]:
    said = {"text": "Storm", "started_at": start, "ended_at": end, "queue_ids": ["7"], "key": str(uuid4())}
    form = IncidentForm(said, queues={7: "Orders"}, zone=zone)
    assert form.is_valid(), form.errors
    return form.cleaned_data


@pytest.mark.parametrize(
    ("zone", "start", "end", "instants"),
    [
        (STOCKHOLM, "2026-10-25T02:30", "2026-10-25T02:30", ("2026-10-25T00:30", "2026-10-25T01:30")),
        (STOCKHOLM, "2026-03-29T02:30", "2026-03-29T03:30", ("2026-03-29T01:00", "2026-03-29T01:30")),
        (ADELAIDE, "2026-04-05T02:15", "2026-04-05T02:45", ("2026-04-04T15:45", "2026-04-04T17:15")),
        (ADELAIDE, "2026-07-01T12:00", "2026-07-01T13:00", ("2026-07-01T02:30", "2026-07-01T03:30")),
    ],
)
def it_takes_the_first_to_begin_and_the_last_to_end(
    zone: str, start: str, end: str, instants: tuple[str, str]
) -> None:
    found = cleaned(zone, start, end)
    shown = tuple(f"{found[name]:%Y-%m-%dT%H:%M}" for name in ("started_at", "ended_at"))
    assert shown == instants
    assert found["started_at"].tzinfo is not None


def it_goes_on_without_an_end() -> None:
    assert cleaned(STOCKHOLM, "2026-07-01T12:00")["ended_at"] is None


def it_refuses_what_is_no_time_and_no_form() -> None:
    form = IncidentForm({"text": "Storm", "started_at": "soon", "key": "x"}, queues={}, zone=STOCKHOLM)
    assert set(form.errors) == {"started_at", "key"}
