"""Which processes `up` runs, as data. `TRUNKLINE_PLAN` names a JSON file that says otherwise (tests do)."""

import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

# The heartbeat of sockets (ARCHITECTURE.md section 3): a ping, and the grace without an answer.
PING_SECONDS = "10"
PONG_SECONDS = "45"
WORLD = "bpo"
# What libraries load in case somebody wants it, and nobody does here: `core.heap.leave_out`.
TEST_CLIENT = "requests,pygments"
LAYER = "cryptography.fernet"  # the channel layer's own encryption; columns are sealed without it
TLS = "OpenSSL,cbor2"
# What nobody wants of an idle process: `core.lazy.put_off`.
CLUSTER = "redis.cluster:RedisCluster,redis.asyncio.cluster:RedisCluster,sqlparse"
DESCRIPTION = "rest_framework.test:APIRequestFactory"
WAMP = "autobahn.twisted.wamp:ApplicationSession,autobahn.wamp.message:Message:Welcome"
MODULE = [sys.executable, "-m"]
MANAGE = [sys.executable, "manage.py"]


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
    """`prepare` runs before the children, with `--database` and `--static` for what changed; [] = nothing.

    `world` is the demo world that it plants, "" for none.
    """

    prepare: list[str]
    children: list[Child]
    ready: str = "/accounts/login/"
    world: str = ""


def load(values: dict[str, str], *, bind: str, seed: bool) -> Plan:
    path = os.environ.get("TRUNKLINE_PLAN")
    return _from_file(Path(path), values, seed) if path else _standard(values, bind, seed)


def _standard(values: dict[str, str], bind: str, seed: bool) -> Plan:
    prepare = [*MANAGE, "prepare", *(["--seed", WORLD] if seed else [])]
    services = [_web(values, bind), _live(values, bind), _router(values), _worker()]
    return Plan(prepare=prepare, children=[*services, *_background(seed)], world=WORLD if seed else "")


def _web(values: dict[str, str], bind: str) -> Child:
    address = f"{bind}:{values['PORT']}"
    argv = [*MODULE, "gunicorn", "--config", "config/gunicorn.py", "--bind", address, "config.wsgi"]
    return Child("web", argv, env=_light([TEST_CLIENT, LAYER], [CLUSTER, DESCRIPTION]))


def _live(values: dict[str, str], bind: str) -> Child:
    pings = ["--ping-interval", PING_SECONDS, "--ping-timeout", PONG_SECONDS]
    address = ["-b", bind, "-p", values["LIVE_PORT"]]
    argv = [*MODULE, "config.live", *address, *pings, "config.asgi:application"]
    return Child("live", argv, env=_light([TLS, LAYER], [CLUSTER, WAMP]))


def _router(values: dict[str, str]) -> Child:
    """The router signs in with a role of its own, a member of no brand's role, and reads no secret."""
    url = os.environ.get("ROUTER_DATABASE_URL") or values.get("ROUTER_DATABASE_URL")
    own = {"DATABASE_URL": url} if url else {}
    return Child("router", [*MANAGE, "router"], env={**own, **_light(["cryptography"], [CLUSTER])})


def _worker() -> Child:
    own = {"BEAT_INSIDE": "1", "CELERY_SKIP_CHECKS": "1"}
    light = _light([TEST_CLIENT, LAYER, "psutil"], [CLUSTER])
    return Child("worker", [*MANAGE, "worker"], env={**own, **light})


def _light(out: list[str], later: list[str]) -> dict[str, str]:
    return {"LEAVE_OUT": ",".join(out), "PUT_OFF": ",".join(later)}


def _background(seed: bool) -> list[Child]:
    """The history gives way to whoever is already looking at pages."""
    history = ["nice", "-n", "10", *MANAGE, "seed", "--world", WORLD, "--history"]
    return [Child("history", history, once=True, shown=True)] if seed else []


def _from_file(path: Path, values: dict[str, str], seed: bool) -> Plan:
    """Read {"prepare", "ready", "world", "children": [{name, argv, env?, once?}]}; fills in the ports."""
    text = path.read_text()
    for name in ("LIVE_PORT", "PORT"):
        text = text.replace(f"${name}", values[name])
    raw = json.loads(text.replace("$PYTHON", sys.executable))
    return Plan(
        prepare=raw.get("prepare", []),
        children=[Child(**entry) for entry in raw["children"]],
        ready=raw.get("ready", "/"),
        world=raw.get("world", "") if seed else "",
    )
