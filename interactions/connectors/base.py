"""What every connector says of itself, and the one place that knows them by kind."""

from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.module_loading import import_string

CONNECTORS = {
    "webchat": "interactions.connectors.webchat.adapter.WEBCHAT",
}


class UnknownConnector(LookupError):
    """No connector of that kind; the message names it."""


@dataclass(frozen=True, kw_only=True)
class Connector:
    """A channel's promises to the screens: its name, and what one message may carry."""

    kind: str
    label: "str | Promise"
    max_characters: int
    takes_files: bool


@cache
def connector(kind: str) -> Connector:
    """Return the connector of the kind, imported at first use. Raises UnknownConnector."""
    if kind not in CONNECTORS:
        raise UnknownConnector(kind)
    found = import_string(CONNECTORS[kind])
    if not isinstance(found, Connector) or found.kind != kind:
        raise TypeError(f"{CONNECTORS[kind]} is not the connector of {kind}")
    return found
