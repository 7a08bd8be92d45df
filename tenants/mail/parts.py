"""What a mail carries beside its words: named in its row, made when it is sent, never kept in the row.

A room registers a source in its AppConfig.ready(); a part names its source and what the source needs to find
the bytes again. Sent a second time the mail carries the same.
"""

import logging
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tenants.mail.errors import PartMissing

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a mail. With a `cid` it is a picture that the HTML shows, else it is attached."""

    name: str
    content_type: str
    body: bytes
    cid: str = ""


Named = Mapping[str, Any]
"""A part as a row names it: {"source": its source, ...}, plain values."""
Source = Callable[[int | None, Named], Part]
"""Makes the part of that brand's mail; called outside of any scope and transaction."""

_sources: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    _sources[name] = source


def parts_of(named: Sequence[Named], brand_id: int | None) -> list[Part]:
    """Make the parts. Raises PartMissing: the mail waits, it does not leave without what it promises."""
    try:
        return [_sources[one["source"]](brand_id, one) for one in named]
    except Exception as error:
        log.exception("a part of a mail could not be made")
        raise PartMissing(_("What is attached to it could not be made.")) from error


def with_parts(html: str, named: Sequence[Named], brand_id: int | None) -> str:
    """Return the HTML with the pictures that it shows in it, for a page that shows the mail."""
    for part in parts_of([one for one in named if one.get("cid")], brand_id):
        picture = b64encode(part.body).decode()
        html = html.replace(f"cid:{part.cid}", f"data:{part.content_type};base64,{picture}")
    return html
