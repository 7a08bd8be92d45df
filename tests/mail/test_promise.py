"""A mail is promised with what it is about, once; nothing of it can be read in the table."""

from typing import Any

import pytest
from django.db import transaction

from tenants.cards import BrandCard
from tenants.mail import actions
from tenants.mail.choices import MailState
from tenants.mail.kinds import UnknownKind
from tenants.mail.models import MailIdentity, SystemMail
from tenants.models import AuditRow
from tests.factories import NOW
from tests.mail.conftest import Promise, fresh, later


class DescribePromise:
    def it_is_one_for_each_key(self, promise: Promise) -> None:
        first, second = promise(key="k"), promise("other@example.test", key="k")
        assert first.ref == second.ref
        assert SystemMail.objects.get().to == "lena@example.test"

    def it_goes_with_the_callers_transaction(self, promise: Promise) -> None:
        with transaction.atomic():
            promise()
            transaction.set_rollback(True)
        assert not SystemMail.objects.exists()

    def it_refuses_a_kind_that_nobody_registered(self, db: None) -> None:
        with pytest.raises(UnknownKind, match="surprise"):
            actions.queue_mail("surprise", to="a@example.test", context={}, brand=None, key="k", now=NOW)

    def it_falls_back_to_a_language_it_has_words_in(self, db: None) -> None:
        mail = actions.queue_mail(
            "test",
            to="a@example.test",
            context={"asked_by": "x"},
            brand=None,
            key="k",
            language="xx",
            now=NOW,
        )
        assert mail.language == "en"

    def it_writes_a_host_name_that_every_server_reads(self, db: None) -> None:
        mail = actions.queue_mail(
            "test", to="a@köping.example", context={"asked_by": "x"}, brand=None, key="k", now=NOW
        )
        assert mail.to == "a@xn--kping-jua.example"

    def it_is_taken_back_while_it_waits(self, promise: Promise) -> None:
        mail = promise()
        assert actions.withdraw_mail(mail.pk)
        assert (fresh(mail).state, fresh(mail).text) == (MailState.WITHDRAWN, "")
        assert not actions.withdraw_mail(mail.pk)


class DescribeIdentity:
    def it_is_the_brands_name_at_the_providers_address(self, promise: Promise, acme: BrandCard) -> None:
        mail = promise(brand=acme)
        assert (mail.sender, mail.reply_to) == ("Acme Outdoor <no-reply@localhost>", "")

    def it_is_what_the_brand_says(self, promise: Promise, acme: BrandCard, globex: BrandCard) -> None:
        values = {
            "from_name": "Acme, help", "from_address": "help@acme.example", "reply_to": "desk@acme.example",
            "footer": "Acme Outdoor AB, Malmö",
        }  # fmt: skip
        actions.set_identity(acme.id, values=values, actor="user:1", now=NOW)
        mail, other = promise("a@example.test", brand=acme), promise("b@example.test", brand=globex)
        assert mail.sender == '"Acme, help" <help@acme.example>'
        assert mail.reply_to == "desk@acme.example"
        assert mail.message_id.endswith("@acme.example")
        assert "Malmö" in fresh(mail).text
        assert "Acme" not in other.sender + fresh(other).text + fresh(other).html

    def it_is_written_down_by_field_and_never_by_value(self, db: None, acme: BrandCard) -> None:
        values = {"smtp_host": "mx.example", "smtp_user": "acme", "smtp_password": "hunter2"}
        actions.set_identity(acme.id, values=values, actor="user:1", now=NOW)
        row = AuditRow.objects.get(verb="mail.identity_changed")
        assert row.diff == {"fields": sorted(values)}
        assert "hunter2" not in str(row.diff)

    def it_writes_nothing_when_nothing_changes(self, db: None, acme: BrandCard) -> None:
        for _ in range(2):
            actions.set_identity(acme.id, values={"from_name": "Acme"}, actor="user:1", now=NOW)
        assert AuditRow.objects.filter(verb="mail.identity_changed").count() == 1

    def it_keeps_the_other_fields(self, db: None, acme: BrandCard) -> None:
        actions.set_identity(acme.id, values={"from_name": "Acme"}, actor="user:1", now=NOW)
        actions.set_identity(acme.id, values={"footer": "Malmö"}, actor="user:1", now=later(days=1))
        row = MailIdentity.objects.get(pk=acme.id)
        assert (row.from_name, row.footer, row.changed_at) == ("Acme", "Malmö", later(days=1))


def it_cannot_be_read_in_the_table(boss: Any, db: None, acme: BrandCard, promise: Promise) -> None:
    from django.db import connection

    values = {"smtp_host": "mx.example", "smtp_user": "acme", "smtp_password": "hunter2-secret"}
    actions.set_identity(acme.id, values=values, actor="user:1", now=NOW)
    promise()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM tenants_mailidentity t")
        (identity,) = cursor.fetchone()
        cursor.execute("SELECT row_to_json(t)::text FROM tenants_systemmail t")
        (mail,) = cursor.fetchone()
    assert "hunter2" not in identity
    assert '"smtp_password":"v1.' in identity
    assert "Asked for" not in mail
    assert "This mail has arrived" not in mail


def it_opens_in_the_row(db: None, acme: BrandCard) -> None:
    values = {"smtp_host": "mx.example", "smtp_user": "acme", "smtp_password": "hunter2"}
    actions.set_identity(acme.id, values=values, actor="user:1", now=NOW)
    assert MailIdentity.objects.get(pk=acme.id).smtp_password == "hunter2"
