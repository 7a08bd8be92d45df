"""Which pages may hold the chat."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from interactions.connectors.webchat import origins
from tenants.values import EndpointCard

ENDPOINT = EndpointCard(
    1, "webchat", 11, UUID(int=1), ("https://shop.example", "http://dev.example:3000"), "active"
)
BRAND: Any = SimpleNamespace(id=11)


@pytest.fixture(autouse=True)
def _hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        origins, "hosts_of", lambda brand: frozenset({"northwind.localhost", "help.northwind.example"})
    )


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://shop.example", True),
        ("http://dev.example:3000", True),
        ("http://northwind.localhost:8000", True),
        ("https://help.northwind.example", True),
        ("http://shop.example", False),
        ("https://shop.example:444", False),
        ("https://shop.example.evil.example", False),
        ("http://lumen.localhost:8000", False),
        ("http://northwind.localhost.evil.example", False),
        ("http://evil.example/northwind.localhost", False),
        ("http://northwind.localhost@evil.example", False),
        ("null", False),
        ("", False),
        (None, False),
        ("file://", False),
    ],
)
def it_lets_only_listed_pages_and_own_hosts_in(origin: str | None, allowed: bool) -> None:
    assert origins.is_allowed(origin, endpoint=ENDPOINT, brand=BRAND) is allowed


def it_leaves_out_what_would_break_a_header() -> None:
    bad = EndpointCard(
        1, "webchat", 11, UUID(int=1), ("https://a.example; script-src *", "https://ok.example"), "active"
    )
    assert origins.page_origins(bad) == ["https://ok.example"]


@pytest.mark.parametrize(
    ("host", "name"), [("A.localhost:8001", "a.localhost"), ("a.example", "a.example"), ("", "")]
)
def it_drops_the_port(host: str, name: str) -> None:
    assert origins.host_name(host) == name
