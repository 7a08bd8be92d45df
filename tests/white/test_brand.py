"""The tab Brand: name, colour, voice, logo, greeting, and the way back; what of it a client sees where."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actor import Actor
from accounts.choices import Role
from interactions import actions as interactions
from interactions.models import Inbox
from tenants.actions import change_brand, create_brand, drop_brand, open_endpoint
from tenants.cards import BrandCard, card_by_slug
from tenants.look import actions
from tenants.look.models import BrandLogo
from tenants.models import AuditRow, Brand
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.factories import NOW, TESTS, make_person
from tests.white.test_hosts import signed
from tests.white.test_logos import bitmap, svg

TAB = "/clients/acme/brand/"
FORM = {
    "name": "Acme Outdoors",
    "legal_name": "Acme Outdoor AB",
    "timezone": "Europe/Stockholm",
    "locales": ["en", "sv"],
    "hue": "150",
    "tone": "warm",
    "tone_do": "Say hello\n\n Use first names ",
    "tone_dont": "",
}


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def op(db: None, acme: BrandCard, globex: BrandCard) -> Browser:
    return signed(make_person("op@example.test", (Role.OPERATOR, None), name="Olu Park"))


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def now_of(slug: str = "acme") -> BrandCard:
    card = card_by_slug(slug)
    assert card
    return card


def upload(browser: Browser, data: bytes, name: str = "logo.png") -> Any:
    return browser.post(f"{TAB}logo/", {"logo": SimpleUploadedFile(name, data)})


def fetch(host: str, digest: str) -> Any:
    return Browser().get(f"/t/logo/{digest}/", headers={"host": host})


class DescribeSettings:
    def it_shows_them(self, op: Browser, acme: BrandCard) -> None:
        page = op.get(TAB)
        assert page.status_code == 200
        assert f'value="{acme.name}"' in text_of(page)

    def it_saves_them_with_a_diff(self, op: Browser, acme: BrandCard) -> None:
        answer = op.post(TAB, FORM)
        assert (answer.status_code, answer["Location"]) == (303, TAB)
        card = now_of()
        assert (card.name, card.hue, card.tone_do) == ("Acme Outdoors", 150, ("Say hello", "Use first names"))
        assert card.locales == ("en", "sv")
        diff = AuditRow.objects.filter(verb="brand.changed", brand_id=acme.id).latest("pk").diff
        assert diff["name"] == [acme.name, "Acme Outdoors"]

    @pytest.mark.parametrize(
        ("wrong", "field", "words"),
        [
            ({"name": ""}, "name", "required"),
            ({"name": "x" * 121}, "name", "at most 120"),
            ({"timezone": "Mars/Olympus"}, "timezone", "valid choice"),
            ({"locales": []}, "locales", "required"),
            ({"locales": ["xx"]}, "locales", "valid choice"),
            ({"hue": "360"}, "hue", "less than or equal to 359"),
            ({"hue": "red"}, "hue", "whole number"),
            ({"hue": "9" * 5000}, "hue", "whole number"),
            ({"tone_do": "a\n" * 11}, "tone_do", "At most ten lines"),
            ({"tone_dont": "x" * 481}, "tone_dont", "at most 480"),
        ],
    )
    def it_says_what_is_wrong_where_it_is_wrong(
        self, op: Browser, acme: BrandCard, wrong: dict[str, Any], field: str, words: str
    ) -> None:
        answer = op.post(TAB, FORM | wrong)
        assert answer.status_code == 422
        assert words in text_of(answer)
        assert f'id="id_{field}_error"' in text_of(answer)
        assert now_of() == acme

    def it_is_an_operators_alone(self, op: Browser, cy: Actor, outsider: Actor, acme: BrandCard) -> None:
        for actor in (cy, outsider):
            browser = signed(actor)
            assert browser.get(TAB).status_code == 404
            for path in (
                TAB,
                f"{TAB}logo/",
                f"{TAB}logo/removal/",
                f"{TAB}texts/",
                f"{TAB}texts/changes/1/restoration/",
                f"{TAB}changes/1/restoration/",
            ):
                assert browser.post(path, FORM).status_code == 404
        assert now_of() == acme

    def it_changes_one_client_alone(self, op: Browser, globex: BrandCard) -> None:
        op.post(TAB, FORM)
        assert now_of("globex") == globex


class DescribeRestoring:
    def last(self, card: BrandCard) -> int:
        found = actions.last_change(card.id)
        assert found
        return int(found["id"])

    def it_takes_the_last_change_back(self, op: Browser, acme: BrandCard) -> None:
        op.post(TAB, FORM)
        assert "Restore what was there before" in text_of(op.get(TAB))
        answer = op.post(f"{TAB}changes/{self.last(acme)}/restoration/")
        assert answer.status_code == 303
        assert now_of() == acme
        assert AuditRow.objects.filter(verb="brand.changed", brand_id=acme.id).count() == 2

    def it_takes_back_no_other_than_the_one_that_was_shown(self, op: Browser, acme: BrandCard) -> None:
        op.post(TAB, FORM)
        old = self.last(acme)
        op.post(TAB, FORM | {"name": "Acme Three"})
        op.post(f"{TAB}changes/{old}/restoration/")
        assert now_of().name == "Acme Three"
        assert "Something was changed since" in text_of(op.get(TAB))

    def it_has_nothing_to_take_back_at_first(self, op: Browser, acme: BrandCard) -> None:
        assert actions.last_change(acme.id) is None
        assert "Restore what" not in text_of(op.get(TAB))

    def it_takes_back_nothing_that_was_changed_elsewhere_since(self, op: Browser, acme: BrandCard) -> None:
        op.post(TAB, FORM)
        Brand.objects.filter(pk=acme.id).update(name="By hand")
        assert actions.last_change(acme.id) is None

    def it_takes_back_no_text_that_the_trail_has_cut(self, op: Browser, acme: BrandCard) -> None:
        change_brand(acme.id, tone_do=["x" * 600], actor="test", now=NOW)
        change_brand(acme.id, tone_do=["y"], actor="test", now=NOW)
        assert actions.last_change(acme.id) is None

    def it_brings_the_old_logo_back(self, op: Browser, acme: BrandCard) -> None:
        upload(op, bitmap())
        first = now_of().logo
        upload(op, bitmap(size=(30, 30)))
        op.post(f"{TAB}changes/{self.last(acme)}/restoration/")
        assert now_of().logo == first

    def it_is_one_clients_alone(self, op: Browser, globex: BrandCard) -> None:
        change_brand(globex.id, hue=3, actor="test", now=NOW)
        op.post(f"{TAB}changes/{self.last(globex)}/restoration/")
        assert now_of("globex").hue == 3


class DescribeLogo:
    def it_is_shown_where_the_brand_is(self, op: Browser, acme: BrandCard) -> None:
        assert upload(op, bitmap("JPEG")).status_code == 303
        digest = now_of().logo
        at = f"/t/logo/{digest}/"
        make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Sandberg")
        browser = Browser()
        sign_in = browser.get("/accounts/login/?next=/handoff/acme/", headers={"host": "localhost:8000"})
        report = browser.follow(
            browser.sign_in("lena@example.test", following="/handoff/acme/?next=/report/")
        )
        with tenant_scope(acme, TESTS):
            queue = interactions.save_queue(name="Orders", target_seconds=40, wrap_up_seconds=60)
            inbox = interactions.create_inbox(name="Web chat", queue=queue, config={})
        open_endpoint(acme.id, key="pk_acme", inbox_ref=inbox.ref)
        panel = Browser().get("/w/panel/pk_acme/", headers={"host": "acme.localhost:8000"})
        for page in (sign_in, report, panel, op.get(TAB)):
            assert f'src="{at}"' in text_of(page)

    def it_is_served_for_ever_and_runs_nothing(self, op: Browser) -> None:
        upload(op, svg(), "logo.svg")
        answer = fetch("acme.localhost:8000", now_of().logo)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/svg+xml"
        assert "immutable" in answer["Cache-Control"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert "sandbox" in answer["Content-Security-Policy"]

    def it_is_absent_on_another_brands_host(self, op: Browser) -> None:
        upload(op, bitmap())
        digest = now_of().logo
        assert fetch("acme.localhost:8000", digest).status_code == 200
        assert fetch("localhost:8000", digest).status_code == 200
        assert fetch("globex.localhost:8000", digest).status_code == 404
        assert fetch("acme.localhost:8000", "0" * 64).status_code == 404

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"", "empty"),
            (b"not a picture", "no picture we can read"),
            (svg("<script/>"), "script"),
            (b"\x89PNG" + b"0" * 600_000, "larger than 512 KB"),
        ],
    )
    def it_refuses_what_is_none(self, op: Browser, acme: BrandCard, data: bytes, words: str) -> None:
        answer = upload(op, data)
        assert answer.status_code == 422
        assert words in text_of(answer)
        assert 'id="id_logo_error"' in text_of(answer)
        assert now_of() == acme
        assert not BrandLogo.objects.exists()

    def it_wants_a_file(self, op: Browser) -> None:
        assert op.post(f"{TAB}logo/", {}).status_code == 422

    def it_can_be_removed(self, op: Browser) -> None:
        upload(op, bitmap())
        assert op.post(f"{TAB}logo/removal/").status_code == 303
        assert now_of().logo == ""
        assert "first letter of the name" in text_of(op.get(TAB))

    def it_keeps_the_newest(self, op: Browser, acme: BrandCard) -> None:
        for size in range(1, 9):
            actions.set_logo(acme.id, data=bitmap(size=(size, size)), actor="test", now=NOW)
        assert BrandLogo.objects.filter(brand_id=acme.id).count() == actions.KEPT
        assert BrandLogo.objects.filter(digest=now_of().logo).exists()

    def it_goes_with_the_brand(self, op: Browser, globex: BrandCard) -> None:
        made = create_brand(slug="brief", name="Brief", actor="test", now=NOW)
        actions.set_logo(made.pk, data=bitmap(), actor="test", now=NOW)
        drop_brand(made.pk, actor="test", now=NOW)
        assert not BrandLogo.objects.filter(brand_id=made.pk).exists()


class DescribeGreeting:
    @pytest.fixture(autouse=True)
    def chat(self, db: None, acme: BrandCard, globex: BrandCard) -> None:
        Brand.objects.filter(pk=acme.id).update(locales=["en", "sv"])
        for card in (acme, globex):
            with tenant_scope(card, TESTS):
                queue = interactions.save_queue(name="Orders", target_seconds=40, wrap_up_seconds=60)
                interactions.create_inbox(name="Web chat", queue=queue, config={"greeting": "Hello there"})

    def said(self, card: BrandCard) -> Any:
        with tenant_scope(card, TESTS):
            return Inbox.objects.get().config["greeting"]

    def it_is_said_in_each_language(self, op: Browser, acme: BrandCard, globex: BrandCard) -> None:
        assert "Hello there</textarea>" in text_of(op.get(TAB)).replace("\n", "")
        answer = op.post(f"{TAB}texts/", {"greeting_en": "Hi!", "greeting_sv": "Hej!"})
        assert answer.status_code == 303
        assert self.said(acme) == {"en": "Hi!", "sv": "Hej!"}
        assert self.said(globex) == "Hello there"
        diff = AuditRow.objects.get(verb="inbox.changed", brand_id=acme.id).diff
        assert diff["config.greeting.sv"] == [None, "Hej!"]

    def it_has_a_word_beside_the_sign_in_each_language(self, op: Browser, acme: BrandCard) -> None:
        op.post(f"{TAB}texts/", {"launcher_en": "Need help?", "launcher_sv": "Behöver du hjälp?"})
        with tenant_scope(acme, TESTS):
            inbox = Inbox.objects.get()
        assert inbox.config["launcher"] == {"en": "Need help?", "sv": "Behöver du hjälp?"}
        open_endpoint(acme.id, key="pk_acme", inbox_ref=inbox.ref)
        visitor = Browser(headers={"host": "acme.localhost:8000"})
        for language, word in (("sv", "Behöver du hjälp?"), ("en", "Need help?")):
            said = visitor.get(f"/w/settings/pk_acme/?lang={language}").json()
            assert (said["label"], said["open"]) == (word, word)
            assert "Acme Outdoor" in said["title"]

    def it_comes_back(self, op: Browser, acme: BrandCard) -> None:
        """First the text of today, then what was there before any: one text for all languages."""
        for text in ("Hi!", "Welcome!"):
            op.post(f"{TAB}texts/", {"greeting_en": text, "launcher_en": text})
        for greeting in ({"en": "Hi!"}, {"en": "Welcome!"}):
            answer = op.post(way_back(op))
            assert answer.status_code == 303
            assert self.said(acme) == greeting
        with tenant_scope(acme, TESTS):
            interactions.change_inbox(
                Inbox.objects.get(), config={"greeting": "Hello there", "launcher": {}}, actor="x"
            )
        op.post(f"{TAB}texts/", {"greeting_en": "Hi!", "greeting_sv": "Hej!"})
        op.post(way_back(op))
        assert self.said(acme) == "Hello there"

    def it_comes_back_only_while_it_is_there(self, op: Browser, acme: BrandCard) -> None:
        op.post(f"{TAB}texts/", {"greeting_en": "Hi!"})
        path = way_back(op)
        op.post(f"{TAB}texts/", {"greeting_en": "Welcome!"})
        op.post(path)
        assert "Something was changed since" in text_of(op.get(TAB))
        assert self.said(acme) == {"en": "Welcome!"}

    def it_has_no_way_back_from_what_is_more_than_words(self, op: Browser, acme: BrandCard) -> None:
        with tenant_scope(acme, TESTS):
            interactions.change_inbox(Inbox.objects.get(), config={"shop": "energy"}, actor="test")
        assert "texts/changes/" not in text_of(op.get(TAB))

    def it_is_our_own_when_empty(self, op: Browser, acme: BrandCard) -> None:
        op.post(f"{TAB}texts/", {})
        assert self.said(acme) == {}

    def it_refuses_a_long_one(self, op: Browser, acme: BrandCard) -> None:
        answer = op.post(f"{TAB}texts/", {"greeting_sv": "x" * 301})
        assert answer.status_code == 422
        assert 'id="id_greeting_sv_error"' in text_of(answer)
        assert self.said(acme) == "Hello there"


def way_back(op: Browser) -> str:
    """Return where the tab takes the last change of the words back."""
    found = re.search(rf"{TAB}texts/changes/\d+/restoration/", text_of(op.get(TAB)))
    assert found
    return found[0]
