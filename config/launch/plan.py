"""Which processes `up` runs, as data. `TRUNKLINE_PLAN` names a JSON file that says otherwise (tests do)."""

import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

PING_SECONDS = (
    "10"  # the heartbeat of sockets (ARCHITECTURE.md section 3): ping, and the grace without an answer
)
PONG_SECONDS = "45"


@dataclass(frozen=True)
class Child:
    """One process. A `once` child is started until it ends with 0, which is remembered for good."""

    name: str
    argv: list[str]
    env: dict[str, str] = field(default_factory=dict)
    once: bool = False
    shown: bool = False


@dataclass(frozen=True)
class Plan:
    """`prepare` runs before the children, with `--database` and `--static` for what changed; [] = nothing."""

    prepare: list[str]
    children: list[Child]
    ready: str = "/accounts/login/"


def load(values: dict[str, str], *, bind: str, run: Path, seed: bool) -> Plan:
    path = os.environ.get("TRUNKLINE_PLAN")
    return _from_file(Path(path), values) if path else _standard(values, bind, run, seed)


def _standard(values: dict[str, str], bind: str, run: Path, seed: bool) -> Plan:
    manage = [sys.executable, "manage.py"]
    prepare = [*manage, "prepare", *(["--seed", "bpo"] if seed else [])]
    return Plan(prepare=prepare, children=[*_services(values, bind, run), *_background(manage, seed)])


def _services(values: dict[str, str], bind: str, run: Path) -> list[Child]:
    module = [sys.executable, "-m"]
    router_url = os.environ.get("ROUTER_DATABASE_URL") or values.get("ROUTER_DATABASE_URL", "")
    celery = [*module, "celery", "-A", "config.celery"]
    web = ["gunicorn", "--config", "config/gunicorn.py", "--bind", f"{bind}:{values['PORT']}", "config.wsgi"]
    live = ["daphne", "-b", bind, "-p", values["LIVE_PORT"], "--ping-interval", PING_SECONDS]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    return [
        Child("web", [*module, *web]),
        Child("live", [*module, *live, "--ping-timeout", PONG_SECONDS, "config.asgi:application"]),
        Child(
            "router",
            [sys.executable, "manage.py", "router"],
            env={"DATABASE_URL": router_url} if router_url else {},
        ),
        Child("worker", [*celery, "worker", "--pool", "threads", "--concurrency", "2", *quiet]),
        Child(
            "beat",
            [*celery, "beat", "--pidfile=", "--schedule", str(run / "celerybeat"), "--loglevel", "WARNING"],
        ),
    ]


def _background(manage: list[str], seed: bool) -> list[Child]:
    if not seed:
        return []
    return [Child("history", [*manage, "seed", "--world", "bpo", "--history"], once=True, shown=True)]


def _from_file(path: Path, values: dict[str, str]) -> Plan:
    """Read {"prepare", "ready", "children": [{name, argv, env?, once?}]}; fills in $PORT and $LIVE_PORT."""
    text = path.read_text()
    for name in ("LIVE_PORT", "PORT"):
        text = text.replace(f"${name}", values[name])
    raw = json.loads(text.replace("$PYTHON", sys.executable))
    return Plan(
        prepare=raw.get("prepare", []),
        children=[Child(**entry) for entry in raw["children"]],
        ready=raw.get("ready", "/"),
    )
