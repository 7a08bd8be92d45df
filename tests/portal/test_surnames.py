"""Clients read of the provider's people first names and aliases: nowhere stands a surname."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pypdf
import pytest
from django.core.cache import cache

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from reporting.models import Exclusion
from tenants.cards import BrandCard
from tenants.mail.models import SystemMail
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.console.test_exclusions import sent as exclusion
from tests.factories import TESTS, make_person
from tests.portal.test_report import NOON, contact, page, signed_in
from tests.reporting.test_issuing import NINE, read
from workforce import actions as workforce

pytestmark = pytest.mark.django_db
LOOK = "reports/preview/?kind=day&on=2026-11-17&language=en&agents=alias"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def olu(bo: Actor, acme: BrandCard, globex: BrandCard) -> Browser:
    """Bo Lind, an operator who answers for Acme as Bosse, signed in at the console."""
    workforce.set_alias(bo.user_id, brand_id=acme.id, shown_name="Bosse", actor="test", now=NOON)
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Holm")
    make_person("gil@example.test", (Role.MANAGER, globex), name="Gil Marsh")
    browser = Browser(headers={"host": "localhost:8000"})
    assert browser.sign_in(bo.email).status_code == 302
    return browser


@pytest.mark.parametrize(
    ("slug", "reader", "shown"),
    [("acme", "lena@example.test", "Bosse"), ("globex", "gil@example.test", "Bo")],
)
def it_is_nowhere_on_a_clients_side(
    olu: Browser, acme: BrandCard, globex: BrandCard, slug: str, reader: str, shown: str
) -> None:
    card = {"acme": acme, "globex": globex}[slug]
    contact(card, at=NINE)
    read(card)
    one = issued(olu, f"/clients/{slug}/{LOOK}")
    contact(card, at=NINE + timedelta(hours=1), answered=90)
    read(card)
    two = issued(olu, f"/clients/{slug}/reports/{one}/restatement/", note="A late file")
    token = delivered(olu, f"/clients/{slug}/reports/{two}/deliveries/")
    proposed(olu, card)

    browser = signed_in(reader, card)
    seen = {
        path: page(browser, card, path).content.decode()
        for path in (
            "/reports/", f"/reports/{one}/", f"/reports/{two}/", f"/reports/{two}/changes/",
            f"/reports/{two}/deliveries/", "/reports/plans/", "/report/?days=7", "/audit/", "/access/",
            f"/r/{token}/",
        )
    }  # fmt: skip
    host = f"{slug}.localhost:8000"
    for form in ("json", "csv", "pdf"):
        told: dict[str, Any] = {"headers": {"host": host}}
        content = browser.post(f"http://{host}/reports/{two}/file/", {"form": form}, **told).content
        seen[form] = printed(content) if form == "pdf" else content.decode()
    (mail,) = SystemMail.objects.filter(brand_id=card.id, kind="report")
    seen["mail"] = mail.text + mail.html

    assert {path for path, text in seen.items() if re.search(r"\bLind\b", text)} == set()
    said = {path for path, text in seen.items() if shown in text}
    assert said >= {
        "/reports/", f"/reports/{two}/", f"/reports/{two}/changes/", f"/reports/{two}/deliveries/",
        "/report/?days=7", "/audit/", "json", "csv", "pdf", f"/r/{token}/",
    }  # fmt: skip


def issued(browser: Browser, path: str, **said: str) -> UUID:
    answer = browser.post(path, {"key": str(uuid4())} | said)
    assert answer.status_code == 302, answer.content.decode()
    return UUID(answer["Location"].rstrip("/").rpartition("/")[2])


def delivered(browser: Browser, path: str) -> str:
    """Mail it and make a link; returns the link's token."""
    mail = {"mail-address": "board@example.test", "mail-key": str(uuid4())}
    assert browser.post(f"{path}mails/", mail).status_code == 303
    link = {"link-made_for": "Auditors", "link-days": "30", "link-key": str(uuid4())}
    found = re.search(r"/r/([\w-]+)/", browser.post(f"{path}links/", link).content.decode())
    assert found
    return found[1]


def proposed(browser: Browser, card: BrandCard) -> None:
    answer = browser.post(f"/clients/{card.slug}/exclusions/", exclusion())
    assert answer.status_code == 302, answer.content.decode()
    with tenant_scope(card, TESTS):
        assert Exclusion.objects.count() == 1


def printed(content: bytes) -> str:
    return " ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)
