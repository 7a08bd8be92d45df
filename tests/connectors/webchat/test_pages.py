"""Launcher, settings, panel, session token and shop over HTTP."""

import gzip
import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from config.launch.layout import PROJECT
from interactions.connectors.webchat import tokens, views
from interactions.connectors.webchat.adapter import endpoint_for
from interactions.models import VisitorSession
from tenants.cards import BrandCard
from tenants.models import Brand
from tenants.scope import labour_scope, tenant_scope
from tests.connectors.webchat.rig import weigh
from tests.connectors.webchat.wire import key_of, origin_of
from tests.factories import NOW, TESTS

Brands = tuple[BrandCard, BrandCard]


class Host(Client):
    """A browser on the brand's host."""

    def __init__(self, brand: BrandCard | None = None) -> None:
        super().__init__(HTTP_HOST=f"{brand.slug}.localhost:8000" if brand else "localhost:8000")

    def ask(self, key: Any, **headers: str) -> HttpResponse:
        body = json.dumps({"key": key})
        return self.post("/w/session/", body, content_type="application/json", headers=headers)  # type: ignore[return-value]


@pytest.fixture
def acme(brands: Brands) -> BrandCard:
    return brands[0]


@pytest.fixture
def globex(brands: Brands) -> BrandCard:
    return brands[1]


# ---- the launcher ----


def it_serves_the_launcher_compressed_and_for_every_page(acme: BrandCard) -> None:
    answer = Host(acme).get("/w.js", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(answer.content) == views.LOADER.read_bytes()
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in answer["Cache-Control"]
    assert answer.cookies == {}
    assert len(answer.content) <= 4096


def it_serves_the_launcher_plain_too(acme: BrandCard) -> None:
    answer = Host(acme).get("/w.js")
    assert "Content-Encoding" not in answer.headers
    assert answer.content == views.LOADER.read_bytes()


@pytest.mark.parametrize("path", ["/w.js", "/w/settings/pk_acme/"])
def it_answers_unchanged_to_its_etag(acme: BrandCard, path: str) -> None:
    etag = Host(acme).get(path)["ETag"]
    assert Host(acme).get(path, headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("path", ["/w.js", "/w/settings/pk_acme/", "/w/panel/pk_acme/", "/shop/"])
def it_is_not_on_the_providers_host(acme: BrandCard, path: str) -> None:
    assert Host().get(path).status_code == 404


@pytest.mark.parametrize("path", ["/w.js", "/w/settings/pk_acme/", "/w/panel/pk_acme/", "/shop/"])
def it_takes_no_post(acme: BrandCard, path: str) -> None:
    assert Host(acme).post(path).status_code in {403, 405}


def it_gives_the_launcher_few_words_in_the_language_of_the_page(acme: BrandCard) -> None:
    answer = Host(acme).get("/w/settings/pk_acme/?lang=sv-SE")
    said = answer.json()
    assert (said["hue"], said["lang"], said["dir"]) == (148, "sv", "ltr")
    assert said["open"] == "Chatta med Acme Outdoor"
    assert len(answer.content) <= 1024
    assert answer["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("lang", ["", "xx", "../", "a" * 300, "\x00", "ja"])
def it_falls_back_to_the_brands_language(acme: BrandCard, lang: str) -> None:
    assert Host(acme).get("/w/settings/pk_acme/", {"lang": lang}).json()["lang"] == "en"


@pytest.mark.parametrize("key", ["pk_globex", "pk_nobody", "ä", "x" * 400])
@pytest.mark.parametrize("path", ["/w/settings/{}/", "/w/panel/{}/"])
def it_knows_no_other_key(acme: BrandCard, globex: BrandCard, path: str, key: str) -> None:
    assert Host(acme).get(path.format(key)).status_code == 404


# ---- the panel ----


def it_lets_only_its_clients_pages_hold_the_panel(acme: BrandCard) -> None:
    answer = Host(acme).get("/w/panel/pk_acme/")
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert policy["frame-ancestors"] == "'self' http://acme.localhost:8000 https://shop.acme.example"
    assert policy["connect-src"] == "'self' ws://acme.localhost:8001"
    assert (policy["default-src"], policy["script-src"], policy["style-src"]) == (
        "'none'",
        "'self'",
        "'self'",
    )
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer.headers
    assert answer.cookies == {}


def it_greets_in_the_brands_voice_and_the_pages_language(acme: BrandCard) -> None:
    assert b"Hello from Acme Outdoor" in Host(acme).get("/w/panel/pk_acme/").content
    swedish = Host(acme).get("/w/panel/pk_acme/?lang=sv").content.decode()
    assert "Hej från Acme Outdoor" in swedish
    assert '<html lang="sv" dir="ltr" data-hue="148">' in swedish


def it_has_no_inline_script_or_style(acme: BrandCard) -> None:
    text = Host(acme).get("/w/panel/pk_acme/").content.decode()
    assert re.findall(r"<script(?![^>]*(src=|application/json))", text) == []
    assert re.findall(r"<style|style=|\son\w+=", text) == []


def it_weighs_little(acme: BrandCard) -> None:
    text = Host(acme).get("/w/panel/pk_acme/?lang=sv").content
    files = set(re.findall(r'(?:href|src)="/static/([^"]+)"', text.decode()))
    weight = weigh(text) + sum(weigh((PROJECT / "static" / file).read_bytes()) for file in files)
    assert len(files) == 9
    assert weight <= 25 * 1024


def it_names_nobody_but_the_brand(acme: BrandCard, settings: Any) -> None:
    settings.DEMO = True
    paths = ["/w.js", "/w/settings/pk_acme/", "/w/panel/pk_acme/", "/shop/", "/nothing/"]
    texts = [Host(acme).get(path).content.decode().lower() for path in paths]
    texts += [file.read_text().lower() for file in (PROJECT / "static" / "widget").iterdir()]
    assert not [text[:80] for text in texts if "trunkline" in text or "globex" in text]


# ---- the token ----


def it_issues_a_token_and_stores_nothing(acme: BrandCard) -> None:
    answer = Host(acme).ask(key_of(acme), Origin=origin_of(acme))
    endpoint = endpoint_for(acme, key_of(acme))
    assert endpoint is not None
    token = tokens.read(answer.json()["token"], endpoint=endpoint, now=NOW)  # type: ignore[attr-defined]
    assert token.expires_at.isoformat() == answer.json()["expires_at"]  # type: ignore[attr-defined]
    assert answer["Cache-Control"] == "no-store"
    assert answer.cookies == {}
    with tenant_scope(acme, TESTS):
        assert VisitorSession.objects.count() == 0


def it_issues_a_token_to_a_listed_page(acme: BrandCard) -> None:
    answer = Host(acme).ask(key_of(acme), Origin="https://shop.acme.example")
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "https://shop.acme.example"
    assert "Origin" in answer["Vary"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://globex.localhost:8000", ""])
def it_issues_none_to_another_page(acme: BrandCard, globex: BrandCard, origin: str) -> None:
    headers = {"Origin": origin} if origin else {}
    answer = Host(acme).ask(key_of(acme), **headers)
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("key", ["pk_globex", "pk_nobody", "", None, 7, ["pk_acme"], "ä"])
def it_issues_none_for_another_key(acme: BrandCard, globex: BrandCard, key: Any) -> None:
    assert Host(acme).ask(key, Origin=origin_of(acme)).status_code == 404


@pytest.mark.parametrize("body", ["", "{", "[]", "7", '"x"', '{"key":', "\xff", "x" * 5000, "[" * 1000])
def it_refuses_a_body_that_is_no_request(acme: BrandCard, body: str) -> None:
    answer = Host(acme).post(
        "/w/session/", body, content_type="application/json", headers={"Origin": origin_of(acme)}
    )
    assert answer.status_code == 404


def it_refuses_to_be_read(acme: BrandCard) -> None:
    assert Host(acme).get("/w/session/").status_code == 405


def it_answers_a_browser_that_asks_first(acme: BrandCard) -> None:
    answer = Host(acme).options("/w/session/", headers={"Origin": "https://shop.acme.example"})
    assert (answer.status_code, answer["Access-Control-Allow-Methods"]) == (204, "POST")
    assert answer["Access-Control-Allow-Origin"] == "https://shop.acme.example"
    other = Host(acme).options("/w/session/", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in other.headers


def it_counts_tokens_of_an_address(acme: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "SESSIONS_PER_ADDRESS", (2, 60))
    address = f"2001:db8::{uuid4().hex[:4]}"
    headers = {"Origin": origin_of(acme), "X-Forwarded-For": address}
    codes = [Host(acme).ask(key_of(acme), **headers).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert Host(acme).ask(key_of(acme), Origin=origin_of(acme)).status_code == 200


# ---- the shop ----


@pytest.mark.parametrize(
    ("kind", "words"), [("outdoor", "tree line"), ("energy", "follows the sun"), (None, "tree line")]
)
def it_shows_the_clients_shop_with_the_chat_on_it(
    acme: BrandCard, settings: Any, kind: str | None, words: str
) -> None:
    settings.DEMO = True
    with labour_scope():
        Brand.objects.filter(pk=acme.id).update(features={"shop": kind} if kind else {})
    text = Host(acme).get("/shop/").content.decode()
    assert words in text
    assert '<script async src="http://acme.localhost:8000/w.js" data-key="pk_acme"></script>' in text


def it_has_no_shop_outside_the_demo(acme: BrandCard, settings: Any) -> None:
    settings.DEMO = False
    assert Host(acme).get("/shop/").status_code == 404
