"""Mails and links of an issued report, on the brand's own host: its people's, and whoever holds a link's."""

import logging
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache

from accounts.choices import Role
from core import clock
from reporting.actions import links
from reporting.actions.sending import send_report
from reporting.issued.kept import Issued
from reporting.sending.models import LinkOpening, PlanReader, ReportLink, ReportMail
from tenants.cards import BrandCard
from tenants.mail.choices import MailState
from tenants.mail.models import SystemMail
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.desk.test_budget import check, counted
from tests.factories import TESTS, forget_limits, make_person
from tests.portal.test_exclusions import words
from tests.portal.test_report import NOON, contact, page, signed_in
from tests.reporting.test_issuing import NINE, issue
from tests.reporting.test_sending import BY, EIGHT, link_in, plan, run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    cache.clear()
    forget_limits("report-link-from")
    monkeypatch.setattr(clock, "now", lambda: NOON)
    settings.ROOT_URLCONF = settings.PUBLIC_URLCONF = "tests.accounts.urls_public"


@pytest.fixture
def lena(db: None, acme: BrandCard) -> Browser:
    """Acme's manager, on Acme's host."""
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Holm")
    return signed_in("lena@example.test", acme)


@pytest.fixture
def report(acme: BrandCard) -> Issued:
    contact(acme, at=NINE)
    return issue(acme)


def linked(card: BrandCard, one: Issued, **more: Any) -> str:
    """Make a link; returns its token."""
    values: dict[str, Any] = {"key": str(uuid4()), "made_for": "The board", "now": NOON} | BY | more
    with tenant_scope(card, TESTS):
        made = links.make_link(one.ref, **values)
    assert made
    return made.token


def posted(browser: Browser, card: BrandCard, path: str, said: Any = None) -> Any:
    host = f"{card.slug}.localhost:8000"
    return browser.post(f"http://{host}{path}", said or {}, headers={"host": host})


def deliveries(ref: UUID) -> str:
    return f"/reports/{ref}/deliveries/"


class DescribeALink:
    def it_opens_the_report_without_a_sign_in(self, acme: BrandCard, report: Issued) -> None:
        token = linked(acme, report)
        answer = page(Browser(REMOTE_ADDR="198.51.100.77"), acme, f"/r/{token}/")
        assert answer.status_code == 200
        assert report.document["title"] in words(answer.content.decode())
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert "no-store" in answer["Cache-Control"]
        file = page(Browser(REMOTE_ADDR="198.51.100.77"), acme, f"/r/{token}/file/")
        assert file.content.startswith(b"%PDF")
        assert file["Referrer-Policy"] == "no-referrer"
        with tenant_scope(acme, TESTS):
            found = list(LinkOpening.objects.order_by("pk").values_list("at", "network", "form"))
        assert found == [(NOON, "198.51.100.0/24", ""), (NOON, "198.51.100.0/24", "pdf")]

    def it_is_absent_expired_ended_and_a_neighbours_alike(
        self, acme: BrandCard, globex: BrandCard, report: Issued
    ) -> None:
        good, late, ended = (linked(acme, report) for _each in range(3))
        with tenant_scope(acme, TESTS):
            digest = links.digest_of(late)
            ReportLink.objects.filter(digest=digest).update(made_at=NOON - timedelta(days=2), expires_at=NOON)
            ref = links.good_link(ended, now=NOON).ref
            links.end_link(ref, report_ref=report.ref, actor="user:1", now=NOON)
        said = set()
        for card, token in ((acme, "guessed"), (acme, late), (acme, ended), (globex, good)):
            for more in ("", "file/"):
                answer = page(Browser(), card, f"/r/{token}/{more}")
                assert answer.status_code == 404
                text = answer.content.decode().replace(token, "")
                assert "Acme" not in text
                assert "Globex" not in text
                assert answer["Referrer-Policy"] == "no-referrer"
                said.add(words(re.sub(r"<(script|head).*?</\1>", "", text, flags=re.S)))
        assert len(said) == 1
        with tenant_scope(acme, TESTS):
            assert not LinkOpening.objects.exists()

    def it_is_in_no_log(self, acme: BrandCard, report: Issued, caplog: pytest.LogCaptureFixture) -> None:
        """Not when it is good, refused, asked for in another way, or too often."""
        caplog.set_level(logging.DEBUG)
        token, browser = linked(acme, report), Browser(REMOTE_ADDR="198.51.100.77")
        assert posted(browser, acme, f"/r/{token}/").status_code == 405
        answers = {page(browser, acme, f"/r/{token}/").status_code for _each in range(61)}
        assert answers == {200, 429}
        with tenant_scope(acme, TESTS):
            ReportLink.objects.update(ended_at=NOON)
        assert page(Browser(), acme, f"/r/{token}/").status_code == 404
        assert token not in caplog.text
        rows = [repr(row) for row in AuditRow.objects.values_list("object", "reason", "diff")]
        assert not [row for row in rows if token in row]

    @pytest.mark.parametrize(
        ("method", "more", "status"),
        [("get", "nothing/", 404), ("get", "file", 301), ("post", "", 403), ("post", "file/", 403)],
    )
    def it_is_in_no_log_of_what_is_answered_before_the_page(
        self, method: str, more: str, status: int, acme: BrandCard, report: Issued,
        caplog: pytest.LogCaptureFixture,
    ) -> None:  # fmt: skip
        caplog.set_level(logging.DEBUG)
        token, browser = linked(acme, report), Browser(enforce_csrf_checks=True)
        ask = getattr(browser, method)
        assert ask(f"/r/{token}/{more}", headers={"host": "acme.localhost:8000"}).status_code == status
        assert token not in caplog.text
        assert status == 301 or f"/r/…/{more}" in caplog.text

    def it_is_in_no_log_of_a_page_that_broke(
        self, acme: BrandCard, report: Issued, caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        token, browser = linked(acme, report), Browser(raise_request_exception=False)

        def broken(*args: object, **kwargs: object) -> None:
            raise RuntimeError(f"nobody could read /r/{token}/")

        monkeypatch.setattr(links, "open_link", broken)
        assert page(browser, acme, f"/r/{token}/").status_code == 500
        assert "RuntimeError: nobody could read /r/…/" in caplog.text
        assert "answered 500, reference" in caplog.text
        assert token not in caplog.text

    def it_is_in_no_row_of_the_trail_when_a_session_of_elsewhere_comes_with_it(
        self, lena: Browser, acme: BrandCard, globex: BrandCard, report: Issued
    ) -> None:
        forget_limits("session")
        lena.jars["globex.localhost"] = lena.jars["acme.localhost"].copy()
        assert page(lena, globex, f"/r/{linked(acme, report)}/").status_code == 404
        assert AuditRow.objects.get(verb="session.refused").object == "/r/…/"

    def it_ends_the_mails_of_its_reader(self, acme: BrandCard, globex: BrandCard) -> None:
        contact(acme, at=NINE)
        plan(acme, now=EIGHT - timedelta(hours=1))
        run(acme)
        token = link_in(SystemMail.objects.get().text)
        assert page(Browser(), globex, f"/r/{token}/stop/").status_code == 404
        assert "End these mails?" in words(page(Browser(), acme, f"/r/{token}/stop/").content.decode())
        with tenant_scope(acme, TESTS):
            assert PlanReader.objects.get().stopped_at is None, "looking ends nothing"
        done = posted(
            Browser(enforce_csrf_checks=True), acme, f"/r/{token}/stop/", {"List-Unsubscribe": "One-Click"}
        )
        assert "no more of these mails" in words(done.content.decode())
        with tenant_scope(acme, TESTS):
            assert PlanReader.objects.get().stopped_at == NOON

    def it_has_no_mails_to_end_that_a_person_made(self, acme: BrandCard, report: Issued) -> None:
        assert page(Browser(), acme, f"/r/{linked(acme, report)}/stop/").status_code == 404


class DescribeMailsAndLinks:
    def it_shows_what_became_of_each_mail(self, lena: Browser, acme: BrandCard, report: Issued) -> None:
        path = deliveries(report.ref)
        assert "Mailed to nobody yet" in words(page(lena, acme, path).content.decode())
        with tenant_scope(acme, TESTS):
            send_report(acme, report.ref, address="ceo@example.test", key=uuid4(), now=NOON, **BY)
        SystemMail.objects.update(state=MailState.REFUSED, answer="550 No such person here")
        text = words(page(lena, acme, path).content.decode())
        for said in (
            "ceo@example.test",
            "Refused",
            "550 No such person here",
            "Europe/Stockholm",
            "Olu Park",
        ):
            assert said in text
        with tenant_scope(acme, TESTS):
            ref = ReportMail.objects.get().ref
        again = f"{path}mails/{ref}/again/"
        assert posted(lena, acme, again).status_code == 302
        assert SystemMail.objects.get().state == MailState.QUEUED
        assert posted(lena, acme, again).status_code == 409
        assert AuditRow.objects.filter(verb="mail.resent", brand_id=acme.id).count() == 1

    def it_sends_to_an_address_once(self, lena: Browser, acme: BrandCard, report: Issued) -> None:
        path = deliveries(report.ref)
        form = {"mail-address": "board@example.test", "mail-key": str(uuid4())}
        for _again in range(2):
            assert posted(lena, acme, f"{path}mails/", form).status_code == 302
        mail = SystemMail.objects.get()
        assert (mail.to, mail.stop_link) == ("board@example.test", "")
        assert f"http://acme.localhost:8000/r/{link_in(mail.text)}/" in mail.text
        assert posted(lena, acme, f"{path}mails/", form | {"mail-address": "x"}).status_code == 422

    def it_shows_a_link_once_and_ends_it(self, lena: Browser, acme: BrandCard, report: Issued) -> None:
        path = deliveries(report.ref)
        form = {"link-made_for": "Auditors", "link-days": "7", "link-key": str(uuid4())}
        made = posted(lena, acme, f"{path}links/", form)
        assert made.status_code == 201
        found = re.search(r"/r/([\w-]+)/", made.content.decode())
        assert found
        assert posted(lena, acme, f"{path}links/", form).status_code == 302
        assert page(Browser(), acme, f"/r/{found[1]}/").status_code == 200
        text = page(lena, acme, path).content.decode()
        assert found[1] not in text
        assert "Auditors" in text
        with tenant_scope(acme, TESTS):
            ref = ReportLink.objects.get().ref
        assert posted(lena, acme, f"{path}links/{ref}/end/").status_code == 302
        assert page(Browser(), acme, f"/r/{found[1]}/").status_code == 404
        assert posted(lena, acme, f"{path}links/", form | {"link-days": "91"}).status_code == 422

    def it_is_read_and_not_changed_by_a_viewer(self, acme: BrandCard, report: Issued) -> None:
        make_person("vi@example.test", (Role.VIEWER, acme))
        vi, path = signed_in("vi@example.test", acme), deliveries(report.ref)
        assert "Send the report" not in page(vi, acme, path).content.decode()
        form = {"mail-address": "a@example.test", "mail-key": str(uuid4())}
        assert posted(vi, acme, f"{path}mails/", form).status_code == 404
        assert not SystemMail.objects.exists()

    def it_is_absent_for_others(self, acme: BrandCard, globex: BrandCard, report: Issued) -> None:
        make_person("cy@example.test", (Role.MANAGER, globex))
        cy, path = signed_in("cy@example.test", globex), deliveries(report.ref)
        linked(acme, report)
        with tenant_scope(acme, TESTS):
            link = ReportLink.objects.get().ref
        assert page(cy, globex, path).status_code == 404
        for more in ("mails/", "links/", f"links/{link}/end/", f"mails/{link}/again/"):
            said = {"mail-address": "a@example.test", "mail-key": str(uuid4()), "link-days": "7",
                    "link-key": str(uuid4())}  # fmt: skip
            assert posted(cy, globex, path + more, said).status_code == 404, more
        assert not SystemMail.objects.exists()

    def it_tells_the_plans(self, lena: Browser, acme: BrandCard) -> None:
        assert "These reports are not mailed." in words(page(lena, acme, "/reports/plans/").content.decode())
        plan(acme, now=NOON)
        text = words(page(lena, acme, "/reports/plans/").content.decode())
        assert "19 Nov 2026, 08:00 (Europe/Stockholm)" in text
        assert "board@example.test" in text

    def it_keeps_its_budget(self, lena: Browser, acme: BrandCard, report: Issued) -> None:
        for n in range(3):
            linked(acme, report)
            with tenant_scope(acme, TESTS):
                send_report(acme, report.ref, address=f"a{n}@example.test", key=uuid4(), now=NOON, **BY)
        check("portal: mails and links", counted(lambda: page(lena, acme, deliveries(report.ref))))
