"""The visitor's token: ours, for one entrance, for a time."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.core import signing

from interactions.connectors.webchat import tokens
from interactions.connectors.webchat.settings import TOKEN_LIFETIME
from tenants.values import EndpointCard

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NORTHWIND = EndpointCard(1, "webchat", 11, UUID(int=1), (), "active")
LUMEN = EndpointCard(2, "webchat", 12, UUID(int=2), (), "active")


def it_is_good_where_it_was_issued() -> None:
    text, expires_at = tokens.issue(NORTHWIND, now=NOW)
    token = tokens.read(text, endpoint=NORTHWIND, now=NOW)
    assert token.expires_at == expires_at == NOW + TOKEN_LIFETIME


def it_is_another_each_time() -> None:
    texts = [tokens.issue(NORTHWIND, now=NOW)[0] for _ in range(5)]
    digests = {tokens.read(text, endpoint=NORTHWIND, now=NOW).digest for text in texts}
    assert len(digests) == 5


def it_is_no_good_at_another_entrance() -> None:
    text, _ = tokens.issue(NORTHWIND, now=NOW)
    with pytest.raises(tokens.BadToken):
        tokens.read(text, endpoint=LUMEN, now=NOW)


def it_ends_exclusively() -> None:
    text, expires_at = tokens.issue(NORTHWIND, now=NOW)
    tokens.read(text, endpoint=NORTHWIND, now=expires_at - timedelta(seconds=1))
    with pytest.raises(tokens.ExpiredToken):
        tokens.read(text, endpoint=NORTHWIND, now=expires_at)


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: "x" + t, lambda t: "", lambda t: t * 9, lambda t: "a:b:c"]
)
def it_refuses_what_was_altered(change: "object") -> None:
    text, _ = tokens.issue(NORTHWIND, now=NOW)
    with pytest.raises(tokens.BadToken):
        tokens.read(change(text), endpoint=NORTHWIND, now=NOW)  # type: ignore[operator]


def it_says_nothing_of_the_brand() -> None:
    text, _ = tokens.issue(NORTHWIND, now=NOW)
    assert set(signing.loads(text, salt="webchat.1")) == {"n", "x"}
    assert len(text) <= tokens.MAX_LENGTH
