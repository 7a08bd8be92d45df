"""A logo in a mail: carried inside it, small, gone from the plain twin, seen where a mail is shown."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from core import clock
from tenants.cards import BrandCard, card_by_id
from tenants.look.actions import set_logo
from tenants.look.models import BrandLogo
from tenants.mail.actions import queue_mail
from tenants.mail.models import SystemMail
from tenants.mail.pictures import picture_of, with_pictures
from tenants.mail.writing import message_of

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" /></svg>'


def bitmap(width: int, height: int) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "PNG")
    return out.getvalue()


def written(card: BrandCard | None, key: str = "k") -> SystemMail:
    """Queue a mail in the clothes that the brand has now."""
    now = card_by_id(card.id) if card else None
    return queue_mail(
        "test", to="lena@example.test", context={"asked_by": "Olu"}, brand=now, key=key, now=clock.now()
    )


def sent(mail: SystemMail) -> EmailMessage:
    """Return the mail as a program reads it off the line."""
    return message_from_bytes(
        message_of(mail).as_bytes(policy=policy.SMTP), EmailMessage, policy=policy.default
    )


@pytest.fixture
def logo(db: None, acme: BrandCard) -> str:
    return set_logo(acme.id, data=bitmap(600, 300), actor="test", now=clock.now())


def it_carries_the_logo_beside_the_html(acme: BrandCard, logo: str) -> None:
    message = sent(written(acme))
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    picture: Any = list(message.walk())[-1]
    html: Any = message.get_body(("html",))
    assert f'src="cid:{picture["Content-ID"][1:-1]}"' in html.get_content()
    assert picture.get_content_disposition() == "inline"


def it_is_as_small_as_it_is_shown(acme: BrandCard, logo: str) -> None:
    picture = picture_of(acme.id, logo)
    assert picture
    assert (picture.width, picture.height) == (80, 40)
    assert Image.open(BytesIO(picture.body)).size == (160, 80)


@pytest.mark.parametrize(("width", "height"), [(512, 8), (8, 512), (3, 3)])
def it_fits_whatever_its_shape(db: None, acme: BrandCard, width: int, height: int) -> None:
    digest = set_logo(acme.id, data=bitmap(width, height), actor="test", now=clock.now())
    picture = picture_of(acme.id, digest)
    assert picture
    assert 1 <= picture.width <= 160
    assert 1 <= picture.height <= 40


def it_leaves_the_plain_twin_as_it_was(acme: BrandCard, db: None) -> None:
    before = written(acme).text
    set_logo(acme.id, data=bitmap(9, 9), actor="test", now=clock.now())
    assert written(acme, "again").text == before


def it_shows_the_letter_of_a_brand_without_a_bitmap(acme: BrandCard, db: None) -> None:
    assert re.search(r'aria-hidden="true"[^>]*>A</td>', written(acme).html)
    set_logo(acme.id, data=SVG, actor="test", now=clock.now())
    drawn = written(acme, "drawn")
    assert "cid:" not in drawn.html
    assert re.search(r'aria-hidden="true"[^>]*>A</td>', drawn.html)
    assert [part.get_content_type() for part in sent(drawn).walk()][-1] == "text/html"


def it_wears_no_picture_where_no_brand_is_worn(db: None) -> None:
    assert "cid:" not in written(None).html
    assert "aria-hidden" not in written(None, "other").html


def it_is_sent_without_a_logo_that_is_gone(acme: BrandCard, logo: str) -> None:
    mail = written(acme)
    BrandLogo.objects.all().delete()
    assert [part.get_content_type() for part in sent(mail).walk()][-1] == "text/html"


def it_carries_no_other_brands_logo(acme: BrandCard, globex: BrandCard, logo: str) -> None:
    mail = written(acme)
    assert picture_of(globex.id, logo) is None
    assert with_pictures(mail.html, globex.id) == mail.html
    assert "data:image/png;base64," in with_pictures(mail.html, acme.id)
