"""Which address a request counts for."""

import pytest
from django.test import RequestFactory

from core.addresses import address_of, visitor_address

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
