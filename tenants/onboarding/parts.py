"""The part of a blueprint that this room holds: how a client sounds."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tenants.actions import change_brand
from tenants.clients import card_now
from tenants.onboarding.registry import Data, Part, Value, Work
from tenants.values import BrandCard, Grant

TONE = ("tone", "tone_do", "tone_dont")


def read_tone(brand: BrandCard, grant: Grant, now: datetime) -> Value:
    card = card_now(brand.id)
    return {"tone": card.tone, "tone_do": list(card.tone_do), "tone_dont": list(card.tone_dont)}


def propose_tone(data: dict[str, Data], held: Value) -> Value | None:
    said = data.get("brand", {})
    found = {name: said[name] for name in TONE if said.get(name)}
    return held | found if found else None


def write_tone(work: Work) -> None:
    value = work.data["value"]
    fields = {name: value[name] for name in TONE}
    change_brand(work.brand.id, actor=work.actor, now=work.now, **fields)


def tone_words(value: Value) -> list[str]:
    do = [str(_("Do: %(rule)s") % {"rule": rule}) for rule in value["tone_do"]]
    dont = [str(_("Do not: %(rule)s") % {"rule": rule}) for rule in value["tone_dont"]]
    return [*([value["tone"]] if value["tone"] else []), *do, *dont]


PARTS = (Part("tone", _("Tone, do and do not"), 10, read_tone, propose_tone, write_tone, tone_words),)
