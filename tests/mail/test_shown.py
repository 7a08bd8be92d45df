"""`/dev/mail/`: in the demo mails are shown; a brand's host shows that brand's, and runs nothing of them."""

from typing import Any

import pytest
from django.test import Client

from core.dates import dated
from core.ids import new_ref
from tenants.cards import BrandCard
from tenants.mail.models import SystemMail
from tests.factories import NOW
from tests.mail.conftest import Promise

PROVIDER = {"host": "localhost:8000"}


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    settings.DEMO = True


def on(card: BrandCard) -> dict[str, str]:
    return {"host": f"{card.slug}.localhost:8000"}


class DescribeList:
    def it_shows_every_mail_on_the_providers_host(
        self, client: Client, promise: Promise, acme: BrandCard
    ) -> None:
        promise("a@example.test", brand=acme)
        promise("b@example.test")
        text = client.get("/dev/mail/", headers=PROVIDER).content.decode()
        assert "a@example.test" in text
        assert "b@example.test" in text
        assert f">{dated(NOW, 'j M Y')}, " in text

    def it_shows_a_brand_its_own(
        self, client: Client, promise: Promise, acme: BrandCard, globex: BrandCard
    ) -> None:
        for card in (acme, globex):
            promise(f"{card.slug}@example.test", brand=card)
        text = client.get("/dev/mail/", headers=on(acme)).content.decode()
        assert "acme@example.test" in text
        assert "globex@example.test" not in text

    def it_says_when_there_is_none(self, client: Client, db: None) -> None:
        assert "No mail yet" in client.get("/dev/mail/", headers=PROVIDER).content.decode()

    def it_is_cut_into_pages(self, client: Client, promise: Promise) -> None:
        for place in range(26):
            promise(f"{place:02}@example.test")
        assert "25@example.test" in client.get("/dev/mail/", headers=PROVIDER).content.decode()
        second = client.get("/dev/mail/?page=2", headers=PROVIDER).content.decode()
        assert "00@example.test" in second
        assert "25@example.test" not in second


class DescribeMail:
    def it_has_a_sandboxed_frame_and_its_plain_twin(
        self, client: Client, promise: Promise, acme: BrandCard
    ) -> None:
        mail = promise(brand=acme)
        answer = client.get(f"/dev/mail/{mail.ref}/", headers=PROVIDER)
        text = answer.content.decode()
        assert "Asked for by: Amara" in text
        assert f'src="/dev/mail/{mail.ref}/html/"' in text
        assert "sandbox=" in text
        assert "frame-src 'self'" in answer["Content-Security-Policy"]

    def it_gives_the_frame_html_that_can_run_nothing(self, client: Client, promise: Promise) -> None:
        mail = promise()
        answer = client.get(f"/dev/mail/{mail.ref}/html/", headers=PROVIDER)
        assert answer.content.decode().startswith("<!doctype html>")
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "sandbox" in policy
        assert "script-src" not in policy
        assert "X-Frame-Options" not in answer.headers

    @pytest.mark.parametrize("path", ["", "html/"])
    def it_is_absent_on_another_brands_host(
        self, client: Client, promise: Promise, acme: BrandCard, globex: BrandCard, path: str
    ) -> None:
        mail = promise(brand=acme)
        assert client.get(f"/dev/mail/{mail.ref}/{path}", headers=on(acme)).status_code == 200
        assert client.get(f"/dev/mail/{mail.ref}/{path}", headers=on(globex)).status_code == 404

    def it_says_when_the_text_is_gone(self, client: Client, promise: Promise) -> None:
        mail = promise()
        SystemMail.objects.filter(pk=mail.pk).update(text="", html="")
        assert "The text is gone" in client.get(f"/dev/mail/{mail.ref}/", headers=PROVIDER).content.decode()

    def it_knows_no_other(self, client: Client, db: None) -> None:
        assert client.get(f"/dev/mail/{new_ref()}/", headers=PROVIDER).status_code == 404

    def it_takes_no_post(self, client: Client, db: None) -> None:
        assert client.post("/dev/mail/", headers=PROVIDER).status_code == 405


@pytest.mark.parametrize("path", ["", "{ref}/", "{ref}/html/"])
def it_is_nowhere_but_in_the_demo(client: Client, promise: Promise, settings: Any, path: str) -> None:
    settings.DEMO = False
    mail = promise()
    assert client.get(f"/dev/mail/{path.format(ref=mail.ref)}", headers=PROVIDER).status_code == 404
