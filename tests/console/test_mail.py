"""The tab Mail: whom a client's mails are from, what they look like, what became of them."""

from typing import Any

import pytest
from django.core.cache import cache

from accounts.actor import Actor
from core import clock
from core.ids import new_ref
from desk.console.views import mail as pages
from tenants.cards import BrandCard
from tenants.mail import actions
from tenants.mail.choices import MailState
from tenants.mail.models import MailIdentity, SystemMail
from tenants.models import Brand
from tests.accounts.conftest import Browser
from tests.console.conftest import Signed

MAIL = "/clients/acme/mail/"
TEST = f"{MAIL}test/"
PREVIEW = f"{MAIL}preview/"
FORM = {
    "from_name": "Acme, help",
    "from_address": "help@acme.example",
    "reply_to": "",
    "footer": "Acme Outdoor AB",
    "smtp_host": "smtp.acme.example",
    "smtp_port": "587",
    "smtp_security": "starttls",
    "smtp_user": "acme",
    "smtp_password": "hunter2-secret",
}


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def browser(signed: Signed, op: Actor, acme: BrandCard) -> Browser:
    return signed(op)


def saved(card: BrandCard) -> MailIdentity:
    return MailIdentity.objects.get(pk=card.id)


def a_mail(card: BrandCard, to: str = "lena@example.test", **changed: Any) -> SystemMail:
    made = actions.queue_mail(
        "test", to=to, context={"asked_by": "Olu"}, brand=card, key=f"k:{to}", now=clock.now()
    )
    SystemMail.objects.filter(pk=made.pk).update(**changed)
    return made


class DescribeIdentity:
    def it_is_saved(self, browser: Browser, acme: BrandCard) -> None:
        answer = browser.post(MAIL, FORM)
        assert (answer.status_code, answer["Location"]) == (303, MAIL)
        row = saved(acme)
        assert (row.from_name, row.smtp_port, row.smtp_password) == ("Acme, help", 587, "hunter2-secret")

    def it_never_shows_the_password(self, browser: Browser, acme: BrandCard) -> None:
        browser.post(MAIL, FORM)
        assert "hunter2" not in browser.get(MAIL).content.decode()
        wrong = browser.post(MAIL, FORM | {"smtp_port": "x"})
        assert wrong.status_code == 422
        assert "hunter2" not in wrong.content.decode()

    def it_keeps_the_password_that_is_left_empty(self, browser: Browser, acme: BrandCard) -> None:
        browser.post(MAIL, FORM)
        browser.post(MAIL, FORM | {"smtp_password": "", "footer": "Malmö"})
        assert (saved(acme).footer, saved(acme).smtp_password) == ("Malmö", "hunter2-secret")

    def it_forgets_the_password_with_the_user_name(self, browser: Browser, acme: BrandCard) -> None:
        browser.post(MAIL, FORM)
        browser.post(MAIL, FORM | {"smtp_user": "", "smtp_password": ""})
        assert saved(acme).smtp_password == ""

    @pytest.mark.parametrize(
        ("wrong", "field", "words"),
        [
            ({"from_address": "help"}, "from_address", "valid email"),
            ({"from_address": f"a@{'ü' * 60}.example"}, "from_address", "can be addressed"),
            ({"from_address": f"{'a' * 290}@acme.example"}, "from_address", "at most 254"),
            ({"reply_to": '"\x0b"@acme.example'}, "reply_to", "can be addressed"),
            ({"from_name": "Acme\r\nBcc: a@b.example"}, "from_name", "one line"),
            ({"footer": "a\nb"}, "footer", "one line"),
            ({"reply_to": "a@b@c"}, "reply_to", "valid email"),
            ({"smtp_host": "https://smtp.example"}, "smtp_host", "host name alone"),
            ({"smtp_host": ""}, "smtp_host", "needs a server"),
            ({"smtp_port": "0"}, "smtp_port", "greater than or equal to 1"),
            ({"smtp_port": "70000"}, "smtp_port", "less than or equal to 65535"),
            ({"smtp_user": ""}, "smtp_user", "needs a user name"),
            ({"smtp_security": "none"}, "smtp_security", "anybody on the way"),
            ({"smtp_security": "rot13"}, "smtp_security", "valid choice"),
        ],
    )
    def it_says_what_is_wrong_where_it_is_wrong(
        self, browser: Browser, wrong: dict[str, str], field: str, words: str
    ) -> None:
        answer = browser.post(MAIL, FORM | wrong)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert words in text
        assert f'id="id_{field}_error"' in text
        assert not MailIdentity.objects.exists()

    def it_is_one_clients_alone(self, browser: Browser, acme: BrandCard, globex: BrandCard) -> None:
        browser.post(MAIL, FORM)
        assert "Acme, help" not in browser.get("/clients/globex/mail/").content.decode()


class DescribePreview:
    def it_shows_the_sample_as_it_is_saved(self, browser: Browser) -> None:
        browser.post(MAIL, FORM)
        text = browser.get(PREVIEW).content.decode()
        assert "Acme, help &lt;help@acme.example&gt;" in text
        assert "Acme Outdoor AB" in text

    def it_shows_what_is_typed_and_saves_nothing(self, browser: Browser) -> None:
        answer = browser.get(PREVIEW, {"tried": "1", "from_name": "Hej <b>", "footer": "Malmö"})
        text = answer.content.decode()
        assert "Hej &lt;b&gt;" in text
        assert "Malmö" in text
        assert not MailIdentity.objects.exists()

    def it_leaves_out_what_is_wrong(self, browser: Browser) -> None:
        answer = browser.get(PREVIEW, {"tried": "1", "from_address": "nonsense", "from_name": "Hej"})
        text = answer.content.decode()
        assert "nonsense" not in text
        assert "Hej &lt;no-reply@localhost&gt;" in text

    @pytest.mark.parametrize(
        ("kind", "words"),
        [
            ("invitation", "Accept the invitation"),
            ("password_reset", "new password"),
            ("test", "has arrived"),
        ],
    )
    def it_shows_each_kind(self, browser: Browser, kind: str, words: str) -> None:
        assert words in browser.get(PREVIEW, {"kind": kind}).content.decode()

    def it_shows_the_first_for_one_it_does_not_know(self, browser: Browser) -> None:
        assert "Accept the invitation" in browser.get(PREVIEW, {"kind": "x"}).content.decode()

    def it_shows_each_language_of_the_client(self, browser: Browser, acme: BrandCard) -> None:
        Brand.objects.filter(pk=acme.id).update(locales=["en"])
        assert "In which language" not in browser.get(MAIL).content.decode()
        Brand.objects.filter(pk=acme.id).update(locales=["sv", "en"])
        assert "In which language" in browser.get(MAIL).content.decode()
        for asked, words in (("sv", "Tacka ja"), ("en", "Accept the"), ("de", "Tacka ja"), ("", "Tacka ja")):
            assert words in browser.get(PREVIEW, {"language": asked}).content.decode()

    def it_can_run_nothing(self, browser: Browser) -> None:
        policy = browser.get(PREVIEW)["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "sandbox" in policy
        assert "frame-src 'self'" in browser.get(MAIL)["Content-Security-Policy"]


class DescribeTest:
    def it_sends_a_mail(self, browser: Browser, acme: BrandCard) -> None:
        answer = browser.post(TEST, {"to": "me@example.test"})
        assert answer.status_code == 303
        mail = SystemMail.objects.get()
        assert (mail.kind, mail.to, mail.brand_id) == ("test", "me@example.test", acme.id)
        assert "me@example.test" in browser.get(MAIL).content.decode()

    def it_refuses_what_is_no_address(self, browser: Browser) -> None:
        answer = browser.post(TEST, {"to": "me"})
        assert answer.status_code == 422
        assert 'id="id_to_error"' in answer.content.decode()

    def it_is_slowed_down(self, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pages, "TESTS_AN_HOUR", 1)
        for _ in range(2):
            answer = browser.post(TEST, {"to": "me@example.test"})
        assert "Enough tests" in browser.get(answer["Location"]).content.decode()
        assert SystemMail.objects.count() == 1


class DescribeLog:
    def it_shows_what_the_server_said(self, browser: Browser, acme: BrandCard) -> None:
        a_mail(acme, state=MailState.REFUSED, answer="550 No such person")
        text = browser.get(MAIL).content.decode()
        assert "Refused" in text
        assert "550 No such person" in text
        assert "Send again" in text

    def it_says_when_there_is_none(self, browser: Browser) -> None:
        assert "No mail yet" in browser.get(MAIL).content.decode()

    def it_is_cut_into_pages(self, browser: Browser, acme: BrandCard) -> None:
        for place in range(26):
            a_mail(acme, f"{place:02}@example.test")
        assert "00@example.test" not in browser.get(MAIL).content.decode()
        assert "00@example.test" in browser.get(f"{MAIL}?page=2").content.decode()

    def it_opens_no_secret(self, browser: Browser, acme: BrandCard, settings: Any) -> None:
        """A list needs no key: one that is lost closes no page."""
        from core.secrets import new_key

        browser.post(MAIL, FORM)
        a_mail(acme)
        settings.FIELD_KEYS = [new_key()]
        assert browser.get(MAIL).status_code == 200
        assert browser.get("/clients/acme/people/").status_code == 200

    def it_shows_nothing_of_another_client(self, browser: Browser, globex: BrandCard) -> None:
        a_mail(globex)
        assert "lena@example.test" not in browser.get(MAIL).content.decode()

    def it_says_when_there_is_no_server(self, browser: Browser, settings: Any) -> None:
        settings.DEMO = False
        assert "no mail server yet" in browser.get(MAIL).content.decode()


class DescribeAgain:
    def it_queues_it_anew(self, browser: Browser, acme: BrandCard) -> None:
        mail = a_mail(acme, state=MailState.UNKNOWN)
        assert browser.post(f"{MAIL}{mail.ref}/again/").status_code == 303
        assert SystemMail.objects.get().state == MailState.QUEUED

    def it_says_when_there_is_nothing_to_send(self, browser: Browser, acme: BrandCard) -> None:
        mail = a_mail(acme)
        answer = browser.post(f"{MAIL}{mail.ref}/again/")
        assert "nothing to send again" in browser.get(answer["Location"]).content.decode()

    def it_is_absent_at_another_client(self, browser: Browser, acme: BrandCard, globex: BrandCard) -> None:
        mail = a_mail(acme, state=MailState.REFUSED)
        assert browser.post(f"/clients/globex/mail/{mail.ref}/again/").status_code == 404
        assert browser.post(f"{MAIL}{new_ref()}/again/").status_code == 404
        assert SystemMail.objects.get().state == MailState.REFUSED


@pytest.mark.parametrize("who", ["ada", "cy", "outsider"])
def it_hides_from_others(signed: Signed, request: pytest.FixtureRequest, acme: BrandCard, who: str) -> None:
    other = signed(request.getfixturevalue(who))
    mail = a_mail(acme, state=MailState.REFUSED)
    for path in (MAIL, PREVIEW):
        assert other.get(path).status_code == 404
    for path in (MAIL, TEST, f"{MAIL}{mail.ref}/again/"):
        assert other.post(path, FORM).status_code == 404
    assert not MailIdentity.objects.exists()
