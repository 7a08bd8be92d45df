"""What the router and its lines are doing, in Prometheus' text format (version 0.0.4). Ids and numbers only.

Served by the router's own process on the loopback address, `manage.py router --metrics PORT`; a scraper on
the machine reads it there, and nobody else can.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.db import DatabaseError, connection

from core import clock
from routing.choices import ItemState, OfferState
from routing.writes import run_here

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
TYPE = "text/plain; version=0.0.4; charset=utf-8"

WAITING = f"""
SELECT brand_id, queue_id, count(*), extract(epoch FROM %(now)s::timestamptz - min(enqueued_at))
FROM routing_workitem
WHERE state IN ('{ItemState.QUEUED}', '{ItemState.OFFERED}') AND NOT is_test AND NOT beside
GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608
WORKED = f"""
SELECT brand_id, state, count(*) FROM routing_workitem
WHERE state IN ('{ItemState.ACCEPTED}', '{ItemState.WRAP_UP}') AND NOT is_test AND NOT beside
GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608
AGENTS = """
SELECT availability, connected AND lost_at IS NULL, count(*) FROM workforce_agentstate
GROUP BY 1, 2 ORDER BY 1, 2
"""
UNITS = """
SELECT coalesce(sum(c.used), 0), coalesce(sum(c.cap), 0) FROM routing_agentcapacity c
JOIN workforce_agentstate s ON s.agent_id = c.agent_id WHERE s.connected AND s.availability = 'available'
"""
RECENT = """
SELECT o.state, count(*), coalesce(avg(extract(epoch FROM o.made_at - i.enqueued_at)), 0)
FROM routing_decision d
JOIN routing_offer o ON o.work_item_id = d.work_item_id AND o.agent_id = d.agent_id AND o.made_at = d.at
JOIN routing_workitem i ON i.id = d.work_item_id
WHERE d.at > %(now)s::timestamptz - interval '5 minutes' AND NOT i.is_test GROUP BY 1
"""


def render(now: datetime, *, leading: bool) -> str:
    """Return all metrics as they are now."""
    waiting = run_here(WAITING, {"now": now})
    recent = {state: (number, wait) for state, number, wait in run_here(RECENT, {"now": now})}
    ((used, cap),) = run_here(UNITS, {})
    families = (
        _family("router_leading", "1 in the process that leads", [({}, float(leading))]),
        _family("waiting_items", "Waiting, tests left out", [(_queue(row), row[2]) for row in waiting]),
        _family("waiting_oldest_seconds", "Oldest wait", [(_queue(row), row[3]) for row in waiting]),
        _family(
            "worked_items",
            "On an agent's desk",
            [({"brand": brand, "state": state}, number) for brand, state, number in run_here(WORKED, {})],
        ),
        _family(
            "agents",
            "Agents by what they chose, and whether their page is connected",
            [
                ({"availability": chosen, "connected": str(bool(here)).lower()}, number)
                for chosen, here, number in run_here(AGENTS, {})
            ],
        ),
        _family("units_used", "Units taken, of agents who are available", [({}, used)]),
        _family("units_cap", "Units there are, of agents who are available", [({}, cap)]),
        _family(
            "offers_5m",
            "Offers of the last five minutes by what became of them",
            [({"state": state}, recent.get(state, (0, 0))[0]) for state in OfferState.values],
        ),
        _family("offered_after_seconds_5m", "Mean wait until an offer", [({}, _mean(recent.values()))]),
    )
    return "".join(families)


def serve(port: int, is_leading: Callable[[], bool]) -> ThreadingHTTPServer:
    """Serve `/metrics` on the loopback address from a thread, until the server is shut down."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802
            status, body = _answer(self.path, is_leading)
            self.send_response(status)
            self.send_header("Content-Type", TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Scrapes are no news."""

    server = ThreadingHTTPServer((LOOPBACK, port), Handler)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    log.info("router: metrics on %s:%d", LOOPBACK, server.server_address[1])
    return server


def _answer(path: str, is_leading: Callable[[], bool]) -> tuple[HTTPStatus, bytes]:
    if path != "/metrics":
        return HTTPStatus.NOT_FOUND, b"/metrics\n"
    try:
        return HTTPStatus.OK, render(clock.now(), leading=is_leading()).encode()
    except DatabaseError:
        return HTTPStatus.SERVICE_UNAVAILABLE, b"the database does not answer\n"
    finally:
        connection.close()


def _queue(row: tuple[object, ...]) -> dict[str, object]:
    return {"brand": row[0], "queue": row[1]}


def _mean(recent: Iterable[tuple[int, float]]) -> float:
    found = list(recent)
    number = sum(count for count, _wait in found)
    return sum(count * float(wait) for count, wait in found) / number if number else 0.0


def _family(name: str, words: str, samples: Iterable[tuple[dict[str, object], object]]) -> str:
    """Write a gauge and its samples; labels are ids and codes of ours, which need no escaping."""
    name = f"trunkline_{name}"
    lines = [f"# HELP {name} {words}.", f"# TYPE {name} gauge"]
    for labels, value in samples:
        told = ",".join(f'{key}="{said}"' for key, said in labels.items())
        lines.append(f"{name}{{{told}}} {float(value):g}" if told else f"{name} {float(value):g}")  # type: ignore[arg-type]
    return "\n".join(lines) + "\n"
