"""What the right side of the wizard shows of data that may be half typed: never an error."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from core.shares import mark
from desk.console.wizard.fields import hue_of
from interactions.choices import WhenClosed

MOST = 20
HUE = 210
SHARE = 80
CLOSED = {
    WhenClosed.TAKE.value: _lazy("Outside the hours a message waits."),
    WhenClosed.HIDE.value: _lazy("Outside the hours nobody can write; the chat says when it opens."),
    WhenClosed.ADDRESS.value: _lazy("Outside the hours customers leave a message and a mail address."),
}


def preview_of(data: Mapping[str, Any], *, logo: str = "") -> dict[str, Any]:
    """Return the preview's context of {step: data}: name, hue, tone, greeting, and the lines as sentences.

    `logo` is the address of the picture, "" without one.
    """
    brand, webchat, queues = (_dict(data.get(step)) for step in ("brand", "webchat", "queues"))
    hue = hue_of(brand.get("hue", HUE))
    return {
        "name": _text(brand.get("name")) or _("New client"),
        "slug": _text(brand.get("slug")),
        "logo": logo,
        "hue": HUE if hue is None else hue,
        "tone": _text(brand.get("tone")),
        "greeting": _text(webchat.get("greeting")) or _("Hello! How can we help you?"),
        "sentences": [said for row in _rows(queues.get("lines")) if (said := _sentence(_dict(row)))],
        "agents": len(_rows(_dict(data.get("people")).get("agents"))),
        "managers": _lines(_dict(data.get("manager")).get("managers")),
    }


def _sentence(line: dict[str, Any]) -> str:
    name, seconds = _text(line.get("name")), _text(line.get("target_seconds"))
    share = _text(line.get("target_share")) or str(SHARE)
    if not name or not seconds.isdecimal() or not share.isdecimal():
        return ""
    words = _("Chat for %(name)s: %(share)s are answered within %(seconds)s seconds.")
    said = words % {"name": name, "share": f"{share}{mark()}", "seconds": seconds}
    return " ".join([said, str(CLOSED.get(_text(line.get("when_closed")) or WhenClosed.TAKE, ""))]).strip()


def _dict(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def _rows(value: Any) -> list[Any]:
    return value[:MOST] if isinstance(value, list) else []


def _lines(value: Any) -> list[str]:
    listed = value.splitlines() if isinstance(value, str) else _rows(value)
    return [str(line) for line in listed if str(line).strip()][:MOST]


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, list | Mapping) else str(value).strip()[:300]
