"""The real children: pages, sockets, router and worker come up, come back and go."""

import os
import signal
import socket
from collections.abc import Iterator
from itertools import chain

import pytest

from config.launch import process
from config.launch.ports import answers
from tests.launch.rig import Up, listens, open_directory, wait

pytestmark = pytest.mark.kill
CHILDREN = ("web", "live", "router", "worker")
SIGN_IN = "/accounts/login/"

API = ("rest_framework.serializers", "drf_spectacular", "requests", "config.api")
PAGES = ("config.urls_public", "config.urls_brand", "desk.console", "accounts.admin", "PIL")
ONBOARDING = ("tenants.onboarding.shapes", "tenants.onboarding.brand", "holidays", "dns")
TASKS = ("celery", "kombu", "tenants.tasks")
SHELL = ("prompt_toolkit", "click_repl", "celery.bin")
PRINTING = ("typst", "xlsxwriter")
TEST_CLIENT = ("requests.api", "pygments.lexers")
CIPHERS = ("cryptography.exceptions",)
UNUSED = ("redis.cluster", "redis.asyncio.cluster", "sqlparse")
PROTOCOLS = ("OpenSSL._util", "_cbor2", "autobahn.twisted.wamp", "autobahn.wamp.message")
NOBODY = (*PRINTING, *CIPHERS, *UNUSED)
# What each process serves, and what of the others' matters it does not load.
LOADS = {
    "web": (
        {"rest_framework", "desk.console", "django.contrib.admin"},
        (*NOBODY, *TASKS, *SHELL, *TEST_CLIENT, "django.test", "holidays", "dns"),
    ),
    "live": (
        {"daphne", "desk.consumers"},
        (*NOBODY, *API, *PAGES, *ONBOARDING, *TASKS, *PROTOCOLS, "yaml"),
    ),
    "router": (
        {"psycopg", "routing.match"},
        (*NOBODY, *API, *PAGES, *ONBOARDING, *TASKS, "yaml", "desk"),
    ),
    "worker": (
        {"celery", "tenants.trail"},
        (*NOBODY, *API, *PAGES, *ONBOARDING, *SHELL, *TEST_CLIENT, "psutil._common", "desk"),
    ),
}


@pytest.fixture(scope="module")
def stack() -> Iterator[Up]:
    """One stack without a world for all tests of this file: making it takes some seconds."""
    with open_directory() as home:
        up = Up(home / "var", plan=None, words=["--no-seed"], extra={"PYTHONPROFILEIMPORTTIME": "1"})
        try:
            yield up.ready(180)
        finally:
            up.kill()


def is_well(up: Up) -> bool:
    return answers("127.0.0.1", up.port, host="localhost", path=SIGN_IN) and listens(up.port + 1)


def it_serves_the_sign_in_page_and_runs_every_child(stack: Up) -> None:
    assert wait(lambda: is_well(stack))
    assert set(CHILDREN) <= set(stack.pids())


@pytest.mark.parametrize("name", CHILDREN)
def it_loads_what_it_serves_and_no_more(stack: Up, name: str) -> None:
    """Each weighs what it has loaded, for as long as it runs; the tests' figure is names, bench's is MB."""
    needed, strange = LOADS[name]
    assert wait(lambda: needed <= imported(stack, name)), needed - imported(stack, name)
    assert sorted(imported(stack, name).intersection(strange)) == []


def imported(up: Up, name: str) -> set[str]:
    """Every module that the process has imported so far, and the packages they are in."""
    lines = (up.var / "log" / f"{name}.log").read_text().splitlines()
    modules = [line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")]
    return set(chain.from_iterable(_with_packages(module) for module in modules))


def _with_packages(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)]


@pytest.mark.parametrize("name", CHILDREN)
def it_is_whole_again_after_a_kill(stack: Up, name: str) -> None:
    before = stack.pids()[name]
    os.kill(before, signal.SIGKILL)
    assert wait(lambda: stack.pids().get(name, before) != before and is_well(stack)), stack.said


def it_serves_again_after_the_worker_of_the_pages_was_killed(stack: Up) -> None:
    leader = stack.pids()["web"]
    (serving,) = [pid for pid in process.members(leader) if pid != leader]
    os.kill(serving, signal.SIGKILL)
    assert wait(lambda: is_well(stack) and serving not in process.members(leader))
    assert stack.pids()["web"] == leader


def it_serves_no_pages_on_the_live_port(stack: Up) -> None:
    """The live server takes websockets alone; pages are not its matter."""
    with socket.create_connection(("127.0.0.1", stack.port + 1), timeout=30) as peer:
        peer.sendall(b"GET /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert b" 404 " in peer.recv(64)


def it_leaves_nothing_when_it_is_killed_and_comes_back(stack: Up) -> None:
    stack.process.kill()
    stack.process.wait()
    assert wait(lambda: stack.alive() == []), stack.alive()
    again = Up(stack.var, plan=None, words=["--no-seed"]).ready(180)
    try:
        assert wait(lambda: is_well(again))
        os.kill(again.process.pid, signal.SIGINT)
        assert again.ended() == 0
        assert again.alive() == []
    finally:
        again.kill()
