"""From the row to the server: taken, refused, put off, given up, and never twice on a guess."""

from typing import Any

import pytest

from core.errors import NotFound
from tenants.cards import BrandCard
from tenants.mail import actions, outbox
from tenants.mail.choices import MailState
from tenants.mail.errors import NotResendable
from tenants.mail.models import SystemMail
from tenants.mail.writing import message_of
from tenants.models import AuditRow
from tests.factories import NOW
from tests.mail.conftest import Post, Promise, fresh, later, sweep

LOG: dict[str, Any] = {"actor": "user:1", "now": NOW}


class DescribeSending:
    def it_hands_the_mail_over(self, post: Post, promise: Promise, acme: BrandCard) -> None:
        mail = promise(brand=acme)
        assert sweep() == 1
        (taken,) = post.taken
        assert taken["To"] == "lena@example.test"
        assert taken["From"] == "Acme Outdoor <no-reply@localhost>"
        assert taken["Message-ID"] == f"<{mail.ref.hex}@acme.localhost>"
        assert taken["Auto-Submitted"] == "auto-generated"
        kinds = [part.get_content_type() for part in taken.walk()]
        assert kinds == ["multipart/alternative", "text/plain", "text/html"]
        assert not {"X-Mailer", "User-Agent"} & set(taken.keys())

    def it_notes_the_answer_and_forgets_the_text(self, post: Post, promise: Promise) -> None:
        mail = promise()
        sweep()
        sent = fresh(mail)
        assert (sent.state, sent.answer, sent.attempts) == (MailState.SENT, "250 Taken as 4711", 1)
        assert (sent.text, sent.html, sent.sent_at) == ("", "", NOW)

    def it_carries_every_sign(self, post: Post, acme: BrandCard, db: None) -> None:
        actions.set_identity(acme.id, values={"from_name": "Åsa & Söhne", "footer": "Größe < 3"}, **LOG)
        actions.queue_mail(
            "test", to="a@example.test", context={"asked_by": "Inès <b>"}, brand=acme, key="k", now=NOW
        )
        sweep()
        (taken,) = post.taken
        plain: Any = taken.get_body(("plain",))
        html: Any = taken.get_body(("html",))
        assert "Åsa & Söhne" in taken["From"]
        assert "Inès <b>" in plain.get_content()
        assert "Größe < 3" in plain.get_content()
        assert "Inès &lt;b&gt;" in html.get_content()

    def it_sends_one_at_a_time_once(self, post: Post, promise: Promise) -> None:
        mail = promise()
        assert outbox.claim(mail.ref, lease=later(seconds=60), now=NOW)
        assert not outbox.claim(mail.ref, lease=later(seconds=60), now=NOW)
        assert sweep() == 0
        assert post.taken == []

    def it_leaves_what_is_not_due(self, post: Post, promise: Promise) -> None:
        promise()
        assert sweep(later(seconds=-1)) == 0

    def it_waits_without_a_server(self, post: Post, promise: Promise, settings: Any) -> None:
        settings.EMAIL_HOST = ""
        mail = promise()
        assert sweep() == 0
        assert (fresh(mail).state, fresh(mail).attempts) == (MailState.QUEUED, 0)

    def it_sends_nothing_in_the_demo(self, post: Post, promise: Promise, settings: Any) -> None:
        settings.DEMO = True
        mail = promise()
        sweep()
        assert post.seen == []
        assert fresh(mail).state == MailState.SHOWN
        assert "asked" in fresh(mail).text.lower()


def it_names_the_way_to_end_such_mails_in_one_piece(post: Post, promise: Promise) -> None:
    """Of whatever length: programs that read mails take no encoded address."""
    link = f"https://{'northwind.' * 6}example.test/r/{'x' * 43}/stop/"
    promise(stop_link=link)
    sweep()
    assert f"\r\nList-Unsubscribe: <{link}>\r\n".encode() in post.raw[0]


class DescribeRefusals:
    def it_takes_no_for_an_answer(self, post: Post, promise: Promise) -> None:
        post.rcpt = "550 No such person here"
        mail = promise()
        sweep()
        assert (fresh(mail).state, fresh(mail).answer) == (MailState.REFUSED, "550 No such person here")
        assert sweep(later(days=9)) == 0

    @pytest.mark.parametrize("to", [f"a@{'ü' * 60}.test", '"\x0b"@example.test', "a@b\uffff.test"])
    def it_refuses_what_no_mail_can_be_addressed_to_and_sends_the_rest(
        self, post: Post, promise: Promise, to: str
    ) -> None:
        wrong, right = promise(to), promise()
        assert sweep() == 2
        assert (fresh(wrong).state, fresh(right).state) == (MailState.REFUSED, MailState.SENT)

    def it_takes_no_to_the_text_for_an_answer(self, post: Post, promise: Promise) -> None:
        post.data = "554 That looks like spam"
        mail = promise()
        sweep()
        assert (fresh(mail).state, fresh(mail).answer) == (MailState.REFUSED, "554 That looks like spam")

    def it_tries_again_later_and_later(self, post: Post, promise: Promise) -> None:
        post.rcpt = "451 Come back later"
        mail = promise()
        sweep()
        first = fresh(mail)
        assert (first.state, first.answer) == (MailState.QUEUED, "451 Come back later")
        assert first.due_at == later(seconds=outbox.BACKOFF_SECONDS[0])
        post.rcpt = "250 OK"
        assert sweep(later(seconds=outbox.BACKOFF_SECONDS[0] - 1)) == 0
        assert sweep(first.due_at) == 1
        assert fresh(mail).state == MailState.SENT

    def it_gives_up_in_the_end(self, post: Post, promise: Promise) -> None:
        post.data = "452 Full"
        mail = promise()
        tries = 0
        while fresh(mail).state == MailState.QUEUED:
            tries += sweep(fresh(mail).due_at)
        assert (fresh(mail).state, tries) == (MailState.FAILED, len(outbox.BACKOFF_SECONDS) + 1)
        assert fresh(mail).text

    def it_waits_for_a_server_that_is_down(self, post: Post, promise: Promise, settings: Any) -> None:
        settings.EMAIL_PORT = 1
        mail = promise()
        sweep()
        assert fresh(mail).state == MailState.QUEUED
        assert "refused" in fresh(mail).answer.lower()

    def it_asks_a_server_that_puts_off_once_in_a_sweep(
        self, post: Post, promise: Promise, acme: BrandCard, globex: BrandCard
    ) -> None:
        post.rcpt = "451 Later"
        for place in range(3):
            promise(f"{place}@example.test", brand=acme)
        promise("other@example.test", brand=globex)
        assert sweep() == 2
        assert post.seen == ["0@example.test", "other@example.test"]


class DescribeDoubt:
    """No answer after the text was handed over: nobody knows, so nobody guesses."""

    def it_is_said_when_no_answer_comes(self, post: Post, promise: Promise, settings: Any) -> None:
        settings.EMAIL_TIMEOUT = 3
        post.waits_at = "data"
        mail = promise()
        sweep()
        assert (fresh(mail).state, fresh(mail).answer) == (MailState.UNKNOWN, "No answer in time.")
        assert sweep(later(days=9)) == 0

    def it_is_none_before_the_text_was_handed_over(self, post: Post, promise: Promise, settings: Any) -> None:
        settings.EMAIL_TIMEOUT = 1
        post.waits_at = "rcpt"
        mail = promise()
        sweep()
        assert fresh(mail).state == MailState.QUEUED

    def it_hands_nothing_over_once_the_lease_is_lost(
        self, post: Post, promise: Promise, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mail = promise()

        def slow(row: SystemMail) -> Any:
            outbox.free_abandoned(later(hours=1))
            return message_of(row)

        monkeypatch.setattr("tenants.mail.outbox.message_of", slow)
        sweep()
        assert post.taken == []
        assert fresh(mail).state == MailState.QUEUED


class DescribeSendingAgain:
    def it_is_for_a_person_to_decide(self, post: Post, promise: Promise, acme: BrandCard) -> None:
        post.rcpt = "550 No"
        mail = promise(brand=acme)
        sweep()
        post.rcpt = "250 OK"
        actions.send_again(mail.ref, brand_id=acme.id, **LOG)
        sweep()
        assert fresh(mail).state == MailState.SENT
        assert AuditRow.objects.get(verb="mail.resent").object == f"mail:{mail.ref}"

    def it_refuses_what_has_left_or_waits(self, post: Post, promise: Promise, acme: BrandCard) -> None:
        mail = promise(brand=acme)
        for _ in range(2):
            with pytest.raises(NotResendable):
                actions.send_again(mail.ref, brand_id=acme.id, **LOG)
            sweep()

    def it_knows_no_mail_of_another_brand(self, promise: Promise, acme: BrandCard, globex: BrandCard) -> None:
        mail = promise(brand=acme)
        for brand_id in (globex.id, None):
            with pytest.raises(NotFound):
                actions.send_again(mail.ref, brand_id=brand_id, **LOG)


class DescribeOwnServer:
    def it_sends_by_the_brands_own(
        self, post: Post, promise: Promise, acme: BrandCard, globex: BrandCard, settings: Any
    ) -> None:
        own = {"smtp_host": settings.EMAIL_HOST, "smtp_port": settings.EMAIL_PORT, "smtp_security": "none"}
        settings.EMAIL_HOST = ""
        actions.set_identity(acme.id, values=own, **LOG)
        mine, other = promise("a@example.test", brand=acme), promise("b@example.test", brand=globex)
        sweep()
        assert fresh(mine).state == MailState.SENT
        assert fresh(other).state == MailState.QUEUED

    def it_sends_though_many_of_others_wait(
        self, post: Post, promise: Promise, acme: BrandCard, globex: BrandCard, settings: Any
    ) -> None:
        own = {"smtp_host": settings.EMAIL_HOST, "smtp_port": settings.EMAIL_PORT, "smtp_security": "none"}
        settings.EMAIL_HOST = ""
        actions.set_identity(acme.id, values=own, **LOG)
        for place in range(3):
            promise(f"{place}@example.test", brand=globex)
        mine = promise("a@example.test", brand=acme)
        assert outbox.sweep(now=lambda: NOW, most=2) == 1
        assert fresh(mine).state == MailState.SENT

    def it_waits_when_its_password_does_not_open(
        self, post: Post, promise: Promise, acme: BrandCard, settings: Any
    ) -> None:
        from core.secrets import new_key

        values = {"smtp_host": "127.0.0.1", "smtp_user": "acme", "smtp_password": "hunter2"}
        actions.set_identity(acme.id, values=values, **LOG)
        settings.FIELD_KEYS = [new_key()]
        mail = promise(brand=acme)
        sweep()
        row = SystemMail.objects.defer("text", "html").get(pk=mail.pk)
        assert row.state == MailState.QUEUED
        assert "FIELD_KEYS" in row.answer
        assert "hunter2" not in row.answer
        actions.set_identity(acme.id, values={"smtp_password": "a new one"}, **LOG)


class DescribeSignIn:
    def it_uses_the_name_and_password(self, guarded: Post, promise: Promise, settings: Any) -> None:
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "acme", "hunter2"
        mail = promise()
        sweep()
        assert fresh(mail).state == MailState.SENT

    def it_waits_when_the_server_does_not_know_us(
        self, guarded: Post, promise: Promise, settings: Any
    ) -> None:
        """That says nothing about the mail: the password is mended, and it leaves."""
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "acme", "swordfish"
        mail = promise()
        sweep()
        row = fresh(mail)
        assert row.state == MailState.QUEUED
        assert row.answer.startswith("535")
        assert "swordfish" not in row.answer
        settings.EMAIL_HOST_PASSWORD = "hunter2"
        sweep(row.due_at)
        assert fresh(mail).state == MailState.SENT

    def it_tells_no_password_to_a_server_that_cannot_encrypt(
        self, guarded: Post, promise: Promise, settings: Any
    ) -> None:
        settings.EMAIL_USE_TLS = True
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "acme", "hunter2"
        mail = promise()
        sweep()
        assert fresh(mail).state == MailState.QUEUED
        assert "STARTTLS" in fresh(mail).answer
        assert guarded.seen == []


class DescribeForgetting:
    def it_forgets_what_settled_long_ago(self, post: Post, promise: Promise) -> None:
        old, waiting = promise("a@example.test"), promise("b@example.test")
        SystemMail.objects.filter(pk=old.pk).update(state=MailState.REFUSED)
        assert outbox.forget_old(later(days=outbox.KEPT_DAYS)) == 0
        assert outbox.forget_old(later(days=outbox.KEPT_DAYS + 1)) == 1
        assert list(SystemMail.objects.values_list("pk", flat=True)) == [waiting.pk]
