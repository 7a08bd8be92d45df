"""The logo as a file of YAML or a call brings it, among what the step of the client holds."""

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants.look.actions import MOST_READ
from tenants.look.logos import BadLogo
from tenants.onboarding.brand import NAME
from tenants.onboarding.shapes import Invalid

KEY = "logo"
Fetch = Callable[[Any], bytes]


def from_base64(said: Any) -> bytes:
    """Return the bytes that a call holds. Raises BadLogo."""
    try:
        return b64decode("".join(said.split()), validate=True)
    except (AttributeError, ValueError) as error:
        raise BadLogo(_("Send the file as base64.")) from error


def from_folder(folder: Path) -> Fetch:
    """Return what reads a picture beside an onboarding file, or in a folder below; it raises BadLogo."""

    def fetch(said: Any) -> bytes:
        try:
            path = (folder / said).resolve()
            if not path.is_relative_to(folder.resolve()):
                raise BadLogo(_("The picture must lie beside this file, or in a folder below."))
            with path.open("rb") as file:
                data: bytes = file.read(MOST_READ)
                return data
        except (OSError, TypeError, ValueError) as error:
            raise BadLogo(_("There is no such file beside this one.")) from error

    return fetch


def take_out(said: Any, fetch: Fetch) -> tuple[Any, bytes | None]:
    """Return the client's step without its picture, and the picture's bytes. Raises Invalid."""
    if not isinstance(said, Mapping) or KEY not in said:
        return said, None
    rest = {name: value for name, value in said.items() if name != KEY}
    with at_its_key():
        return rest, None if said[KEY] is None else fetch(said[KEY])


@contextmanager
def at_its_key() -> Iterator[None]:
    """Say of a picture that is refused where it stands. Raises Invalid."""
    try:
        yield
    except BadLogo as error:
        raise Invalid({f"{NAME}.{KEY}": [str(error.message)]}) from error
