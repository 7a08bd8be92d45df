"""Whose page may open the staff socket."""

import pytest

from accounts.origins import cookie, is_own_page


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        ("http://localhost:8000", "localhost:8001", True),
        ("http://localhost", "localhost:8001", True),
        ("http://acme.localhost:8000", "localhost:8001", False),
        ("http://localhost:8000", "acme.localhost:8001", False),
        ("http://localhost:9999", "localhost:8001", False),
        ("http://localhost:8000.evil.example", "localhost:8001", False),
        ("https://evil.example", "localhost:8001", False),
        ("null", "localhost:8001", False),
        ("", "localhost:8001", False),
    ],
)
def it_takes_the_providers_own_pages_alone(settings: object, origin: str, host: str, allowed: bool) -> None:
    settings.PORT, settings.BASE_HOST = 8000, "localhost"  # type: ignore[attr-defined]
    assert is_own_page(origin, host=host) is allowed


def it_reads_the_session_of_a_cookie_header() -> None:
    assert cookie("theme=dark; sid=abc; csrf=x") == "abc"
    assert cookie("theme=dark") == ""
    assert cookie('sid="; broken') == ""
