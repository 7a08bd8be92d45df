"""The registry of connectors."""

import pytest

from interactions.connectors.base import CONNECTORS, UnknownConnector, connector
from interactions.connectors.webchat.adapter import WEBCHAT
from interactions.connectors.webchat.settings import MAX_CHARACTERS


@pytest.mark.parametrize("kind", CONNECTORS)
def it_finds_each_connector_by_its_kind(kind: str) -> None:
    assert connector(kind).kind == kind


def it_says_what_a_message_may_carry() -> None:
    assert connector("webchat") is WEBCHAT
    assert (WEBCHAT.max_characters, WEBCHAT.takes_files) == (MAX_CHARACTERS, False)


def it_knows_no_other() -> None:
    with pytest.raises(UnknownConnector):
        connector("telepathy")
