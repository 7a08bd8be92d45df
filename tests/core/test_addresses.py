"""Which address a request counts for."""

from typing import Any

import pytest
from django.test import RequestFactory

from core.addresses import address_of, network_address, visitor_address

CASES = [
    ("203.0.113.9", "", "203.0.113.9"),
    ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
    ("127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
    ("::1", "203.0.113.7", "203.0.113.7"),
    ("127.0.0.1", "", None),
    ("", "", None),
]


@pytest.mark.parametrize(("peer", "forwarded", "address"), CASES)
def it_is_the_one_our_proxy_saw(peer: str, forwarded: str, address: str | None) -> None:
    assert visitor_address(peer, forwarded) == address
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert address_of(request) == address


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.0.0.7", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.7", "192.0.2.66, 198.51.100.1, 10.0.0.9", "198.51.100.1"),
        ("10.0.0.7", "", None),
        ("10.9.0.7", "198.51.100.1", "10.9.0.7"),
        ("2001:db8::5", "2001:db8:1::9", "2001:db8:1::9"),
        ("10.0.0.7", "nonsense", None),
    ],
)
def it_believes_the_proxies_that_the_setting_names(
    settings: Any, peer: str, forwarded: str, address: str | None
) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/24", "2001:db8::/64"]
    assert visitor_address(peer, forwarded) == address


def it_names_the_machine_itself_for_a_list_of_networks() -> None:
    assert network_address("127.0.0.1", "") == "127.0.0.1"
    assert network_address("127.0.0.1", "203.0.113.7") == "203.0.113.7"
    assert network_address("", "") == ""
