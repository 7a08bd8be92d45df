"""What the whole stack answers when it is treated badly."""

import socket
import time
import urllib.error
import urllib.request

import pytest

from tests.stack import RunningStack, answers

pytestmark = pytest.mark.kill


def fetch(stack: RunningStack, path: str, host: str) -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{stack.port}{path}", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def it_names_nobody_on_an_unknown_host(stack: RunningStack) -> None:
    for host in (
        f"nobody.localhost:{stack.port}",
        "evil.example",
        f"northwind.localhost.evil.example:{stack.port}",
    ):
        status, text = fetch(stack, "/report/", host)
        assert status == 404
        assert not any(word in text for word in ("Northwind", "Lumen", "Trunkline"))


def it_serves_the_next_page_at_once_after_twenty_aborted_downloads(stack: RunningStack) -> None:
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", stack.port), timeout=5) as connection:
            connection.sendall(
                f"GET /shop/ HTTP/1.1\r\nHost: northwind.localhost:{stack.port}\r\n\r\n".encode()
            )
            connection.recv(64)
    before = time.monotonic()
    assert answers(f"http://127.0.0.1:{stack.port}/accounts/login/", host=f"localhost:{stack.port}")
    assert time.monotonic() - before < 10, "a watchdog, not a measure: the page hung"


@pytest.mark.parametrize("name", ["web", "live", "worker", "router"])
def it_brings_a_killed_process_back(stack: RunningStack, name: str) -> None:
    old = stack.pid(name)
    stack.kill(name)
    end = time.monotonic() + 30
    while stack.pid(name) == old:
        assert time.monotonic() < end, f"{name} did not come back"
        time.sleep(0.1)
    while not answers(f"http://127.0.0.1:{stack.port}/accounts/login/", host=f"localhost:{stack.port}"):
        assert time.monotonic() < end, "the pages did not come back"
        time.sleep(0.1)
