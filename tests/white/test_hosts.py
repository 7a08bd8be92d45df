"""The tab Hosts: add, prove, remove; what is verified is served, and nothing else."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from tenants.cards import BrandCard, card_for_host
from tenants.domains import actions
from tenants.domains.asking import ask
from tenants.models import AuditRow, Domain
from tenants.tasks import check_hosts
from tests.accounts.conftest import Browser
from tests.factories import NOW, PASSWORD, make_person
from tests.white.nameserver import NameServer

HOSTS = "/clients/acme/hosts/"
HELP = "help.acme.example"
PROVIDER = {"host": "localhost:8000"}


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def names(settings: Any) -> Iterator[NameServer]:
    server = NameServer()
    settings.DNS_RESOLVER = server.address
    yield server
    server.close()


@pytest.fixture
def op(db: None, acme: BrandCard, globex: BrandCard) -> Browser:
    actor = make_person("op@example.test", (Role.OPERATOR, None), name="Olu Park")
    return signed(actor)


def signed(actor: Actor) -> Browser:
    browser = Browser(headers=PROVIDER)
    assert browser.sign_in(actor.email).status_code == 302
    return browser


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def add(card: BrandCard, host: str = HELP) -> Domain:
    return actions.add_domain(card.id, host=host, actor="test", now=NOW)


def verified(card: BrandCard, names: NameServer, host: str = HELP) -> Domain:
    row = add(card, host)
    names.proves(host, row.token)
    return actions.check_domain(card.id, row.pk, actor="test", now=NOW)


def visit(host: str, path: str = "/report/") -> int:
    return int(Browser().get(path, headers={"host": host}).status_code)


class DescribeTab:
    def it_says_when_there_is_none(self, op: Browser) -> None:
        assert "No host name of its own yet" in text_of(op.get(HOSTS))

    def it_adds_one_that_is_not_served_yet(self, op: Browser, acme: BrandCard) -> None:
        answer = op.post(HOSTS, {"host": " HELP.acme.example. "})
        assert (answer.status_code, answer["Location"]) == (303, HOSTS)
        row = Domain.objects.get(host=HELP)
        page = text_of(op.get(HOSTS))
        assert all(
            words in page for words in (f"_brand-check.{HELP}", row.token, "acme.localhost", "Not checked")
        )
        assert visit(HELP) == 404
        assert AuditRow.objects.filter(
            verb="domain.created", brand_id=acme.id, object=f"domain:{row.pk} {HELP}"
        )

    @pytest.mark.parametrize(
        ("host", "words"),
        [
            ("", "required"),
            ("https://x.example/", "A host name alone"),
            ("10.0.0.1", "IP address"),
            ("acme.localhost", "No public name service"),
            ("co.uk", "Many people"),
            ("x" * 400, "at most 300"),
        ],
    )
    def it_refuses_what_can_be_no_clients(self, op: Browser, host: str, words: str) -> None:
        answer = op.post(HOSTS, {"host": host})
        assert answer.status_code == 422
        assert words in text_of(answer)
        assert 'id="id_host_error"' in text_of(answer)
        assert not Domain.objects.filter(kind="custom").exists()

    def it_refuses_one_that_another_client_has_without_naming_it(
        self, op: Browser, globex: BrandCard
    ) -> None:
        add(globex)
        answer = op.post(HOSTS, {"host": HELP})
        assert answer.status_code == 422
        assert "serves somebody else here" in text_of(answer)
        assert "Globex" not in text_of(answer)

    def it_refuses_one_that_it_has_itself(self, op: Browser, acme: BrandCard) -> None:
        add(acme)
        assert "has this host name already" in text_of(op.post(HOSTS, {"host": HELP.upper()}))

    def it_refuses_more_than_a_client_may_have(
        self, op: Browser, acme: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(actions, "MOST", 1)
        add(acme)
        answer = op.post(HOSTS, {"host": "other.acme.example"})
        assert answer.status_code == 422
        assert "may have 1 host names" in text_of(answer)

    def it_is_an_operators_alone(self, op: Browser, acme: BrandCard, cy: Actor, outsider: Actor) -> None:
        row = add(acme)
        for actor in (cy, outsider):
            browser = signed(actor)
            for path in (HOSTS, f"{HOSTS}{row.pk}/check/", f"{HOSTS}{row.pk}/removal/"):
                assert browser.post(path, {"host": "x.acme.example"}).status_code == 404
            assert browser.get(HOSTS).status_code == 404
        assert Domain.objects.filter(kind="custom").count() == 1

    def it_does_not_reach_another_clients(self, op: Browser, globex: BrandCard, names: NameServer) -> None:
        row = verified(globex, names)
        for what in ("check", "removal"):
            assert op.post(f"{HOSTS}{row.pk}/{what}/").status_code == 404
        assert HELP not in text_of(op.get(HOSTS))
        assert Domain.objects.filter(pk=row.pk).exists()

    def it_does_not_touch_the_host_it_has_of_us(self, op: Browser, acme: BrandCard) -> None:
        ours = Domain.objects.get(host="acme.localhost")
        assert op.post(f"{HOSTS}{ours.pk}/removal/").status_code == 404

    def it_removes_one(self, op: Browser, acme: BrandCard, names: NameServer) -> None:
        row = verified(acme, names)
        assert card_for_host(HELP) == acme
        assert op.post(f"{HOSTS}{row.pk}/removal/").status_code == 303
        assert card_for_host(HELP) is None
        assert AuditRow.objects.filter(verb="domain.deleted", object=f"domain:{row.pk} {HELP}").exists()


class DescribeChecking:
    def check(self, op: Browser, row: Domain) -> str:
        assert op.post(f"{HOSTS}{row.pk}/check/").status_code == 303
        return text_of(op.get(HOSTS))

    def it_serves_what_the_name_service_proves(self, op: Browser, acme: BrandCard, names: NameServer) -> None:
        row = add(acme)
        names.proves(HELP, "v=spf1 -all", row.token)
        names.leads(HELP, "acme.localhost")
        page = self.check(op, row)
        assert "Verified" in page
        assert "The name leads here." in page
        assert card_for_host(HELP) == acme
        assert visit(HELP) == 302
        assert names.asked == [f"_brand-check.{HELP}.", f"{HELP}."]
        diff = AuditRow.objects.get(verb="domain.changed").diff
        assert list(diff) == ["verified_at"]

    def it_shows_what_stands_there_instead(self, op: Browser, acme: BrandCard, names: NameServer) -> None:
        row = add(acme)
        names.proves(HELP, "brand-check=<b>another</b>")
        names.leads(HELP, "elsewhere.example")
        page = self.check(op, row)
        assert "brand-check=&lt;b&gt;another&lt;/b&gt;" in page
        assert "leads to elsewhere.example, not here" in page
        assert visit(HELP) == 404

    def it_says_when_nothing_stands_there(self, op: Browser, acme: BrandCard, names: NameServer) -> None:
        assert "there is no such record" in self.check(op, add(acme))
        assert card_for_host(HELP) is None

    def it_settles_nothing_without_an_answer(self, op: Browser, acme: BrandCard, names: NameServer) -> None:
        row = verified(acme, names)
        names.broken = True
        assert "gave no answer" in self.check(op, row)
        assert card_for_host(HELP) == acme

    def it_takes_no_token_of_another_client(
        self, db: None, acme: BrandCard, globex: BrandCard, names: NameServer
    ) -> None:
        mine, theirs = add(acme), add(globex, "help.globex.example")
        names.proves(HELP, theirs.token)
        assert ask(HELP, mine.token).code == "other"
        assert ask(HELP, "").code == "other"

    def it_asks_so_often_and_no_more(
        self, op: Browser, acme: BrandCard, names: NameServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("desk.console.views.hosts.CHECKS_AN_HOUR", 1)
        row = add(acme)
        self.check(op, row)
        assert "Enough checks for an hour" in self.check(op, row)


class DescribeNights:
    """What was verified is looked at each night; three nights without the record, and it is lost."""

    def night(self, number: int) -> int:
        return actions.check_all(actor="system:hosts", now=NOW + timedelta(days=number))

    def it_keeps_what_is_still_proved(self, acme: BrandCard, names: NameServer, db: None) -> None:
        verified(acme, names)
        assert [self.night(number) for number in (1, 2, 3, 4)] == [0, 0, 0, 0]
        assert card_for_host(HELP) == acme

    def it_loses_it_after_three_nights(self, op: Browser, acme: BrandCard, names: NameServer) -> None:
        row = verified(acme, names)
        names.records.clear()
        assert [self.night(1), self.night(2)] == [0, 0]
        assert card_for_host(HELP) == acme
        assert "still gone in one night" in text_of(op.get(HOSTS))
        assert self.night(3) == 1
        assert card_for_host(HELP) is None
        assert "Lost" in text_of(op.get(HOSTS))
        names.proves(HELP, row.token)
        actions.check_domain(acme.id, row.pk, actor="test", now=NOW)
        assert card_for_host(HELP) == acme

    def it_forgives_a_night(self, acme: BrandCard, names: NameServer, db: None) -> None:
        row = verified(acme, names)
        records = dict(names.records)
        for number in range(1, 8):
            names.records.clear()
            names.records.update(records if number % 3 == 0 else {})
            self.night(number)
        assert card_for_host(HELP) == acme
        assert Domain.objects.get(pk=row.pk).misses == 1

    def it_counts_no_night_without_an_answer(self, acme: BrandCard, names: NameServer, db: None) -> None:
        row = verified(acme, names)
        names.broken = True
        assert [self.night(number) for number in range(1, 6)] == [0] * 5
        assert Domain.objects.get(pk=row.pk).misses == 0

    def it_counts_a_night_once(self, acme: BrandCard, names: NameServer, db: None) -> None:
        row = verified(acme, names)
        names.records.clear()
        for _ in range(5):
            self.night(1)
        assert Domain.objects.get(pk=row.pk).misses == 1

    def it_is_a_task(self, acme: BrandCard, names: NameServer, db: None) -> None:
        row = verified(acme, names)
        Domain.objects.filter(pk=row.pk).update(checked_at=clock.now() - timedelta(days=2))
        assert check_hosts.apply().get() == 0
        assert Domain.objects.get(pk=row.pk).answer["code"] == "found"


class DescribeSessions:
    """Signed in on a host of the client's own, and on no other."""

    @pytest.fixture
    def browser(self, acme: BrandCard, names: NameServer, db: None) -> Browser:
        verified(acme, names)
        make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Sandberg")
        return Browser()

    def enter(self, browser: Browser) -> Any:
        to_sign_in = browser.at(f"http://{HELP}:8000/report/")
        page = browser.at(to_sign_in["Location"])
        assert f"http://{HELP}:8000" in page["Content-Security-Policy"]
        following = to_sign_in.wsgi_request  # keeps the answer's request alive
        assert following
        next_page = page.context["following"]
        return browser.follow(browser.sign_in("lena@example.test", following=next_page, password=PASSWORD))

    def it_comes_back_to_the_host_it_came_from(self, browser: Browser) -> None:
        answer = self.enter(browser)
        assert answer.status_code == 200
        assert answer.wsgi_request.get_host() == f"{HELP}:8000"
        cookie = browser.jars[HELP]["sid"]
        assert cookie["domain"] == ""

    @pytest.mark.parametrize("host", ["acme.localhost", "globex.localhost"])
    def it_is_refused_on_another_host(self, browser: Browser, globex: BrandCard, host: str) -> None:
        self.enter(browser)
        browser.jars[host] = browser.jars[HELP]
        answer = browser.at(f"http://{host}:8000/report/")
        assert answer.status_code == 302
        assert "/accounts/login/" in answer["Location"]

    def it_is_refused_on_the_providers(self, browser: Browser) -> None:
        self.enter(browser)
        browser.jars["localhost"] = browser.jars[HELP]
        assert "/accounts/login/" in browser.at("http://localhost:8000/")["Location"]

    def it_refuses_a_session_of_the_host_it_has_of_us(self, browser: Browser) -> None:
        browser.follow(browser.sign_in("lena@example.test", following="/handoff/acme/?next=/report/"))
        browser.jars[HELP] = browser.jars["acme.localhost"]
        assert browser.at(f"http://{HELP}:8000/report/").status_code == 302

    def it_leads_to_no_host_that_is_not_the_brands(self, browser: Browser) -> None:
        browser.sign_in("lena@example.test")
        answer = browser.get("/handoff/acme/?next=/report/&at=evil.example", headers=PROVIDER)
        assert answer["Location"].startswith("http://acme.localhost:8000/enter/")

    def it_comes_back_there_after_signing_out(self, browser: Browser) -> None:
        self.enter(browser)
        answer = browser.post("/leave/", headers={"host": f"{HELP}:8000"})
        assert "at%3Dhelp.acme.example" in answer["Location"]
