"""Every secret is found, and sealed anew under the first key; a run that stopped is run again."""

from collections.abc import Iterator
from functools import partial
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import isolate_apps

from config.doctor import fleet
from config.doctor.registry import Ill
from core.secrets import SecretField, current_prefix, new_key
from tenants import vault
from tenants.cards import BrandCard
from tenants.guard import BrandModel
from tenants.mail.actions import set_identity
from tenants.mail.models import MailIdentity
from tenants.roles import owner_scope
from tenants.scope import Grant, tenant_scope
from tests.factories import NOW, TESTS


def leave() -> Grant:
    return TESTS


def shelf() -> vault.Shelf:
    return next(one for one in vault.shelves(leave) if one.field.attname == "smtp_password")


def stored() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT smtp_password FROM tenants_mailidentity ORDER BY brand_id")
        return [row[0] for row in cursor.fetchall()]


@pytest.fixture
def secrets(db: None, acme: BrandCard, globex: BrandCard) -> None:
    for card in (acme, globex):
        values = {"smtp_host": "mx.example", "smtp_user": "me", "smtp_password": f"{card.slug}-hunter2"}
        set_identity(card.id, values=values, actor="test", now=NOW)


@pytest.fixture
def newer(secrets: None, settings: Any) -> str:
    """A new key in front of the old one, which sealed everything."""
    settings.FIELD_KEYS = [new_key(), *settings.FIELD_KEYS]
    return str(settings.FIELD_KEYS[0])


def it_finds_every_sealed_column(db: None) -> None:
    assert {str(one) for one in vault.shelves(leave)} >= {
        "public: tenants_mailidentity.smtp_password",
        "public: tenants_systemmail.text",
        "public: tenants_systemmail.html",
    }


class DescribeRotation:
    def it_seals_anew_what_an_older_key_sealed(self, newer: str, settings: Any) -> None:
        before = stored()
        assert vault.rotate(shelf()) == 2
        assert all(one.startswith(current_prefix()) for one in stored())
        assert not set(before) & set(stored())
        settings.FIELD_KEYS = [newer]
        assert [row.smtp_password for row in MailIdentity.objects.order_by("pk")] == [
            "acme-hunter2",
            "globex-hunter2",
        ]

    def it_passes_over_what_is_done(self, newer: str) -> None:
        vault.rotate(shelf())
        before = stored()
        assert vault.rotate(shelf()) == 0
        assert stored() == before

    def it_goes_on_where_it_was_stopped(self, newer: str, monkeypatch: pytest.MonkeyPatch) -> None:
        def stop(*_: Any) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(vault, "BATCH", 1)
        with pytest.raises(KeyboardInterrupt):
            vault.rotate(shelf(), progress=stop)
        assert vault.rotate(shelf()) == 1

    def it_says_how_far_it_is(self, newer: str) -> None:
        out = StringIO()
        call_command("rotate_secrets", stdout=out)
        assert "public: tenants_mailidentity.smtp_password: 2 of 2" in out.getvalue()
        assert "2 sealed anew" in out.getvalue()
        assert "hunter2" not in out.getvalue()

    def it_changes_nothing_when_it_is_only_asked_where(self, newer: str) -> None:
        before = stored()
        call_command("rotate_secrets", "--dry-run", stdout=StringIO())
        assert stored() == before


class DescribeBrands:
    """A sealed column in the brands' schemas, made for this test and gone with its transaction."""

    @pytest.fixture
    def keeper(self, db: None, acme: BrandCard, globex: BrandCard) -> Iterator[type[Any]]:
        with isolate_apps("crm"):

            class Keeper(BrandModel):
                word = SecretField()

                class Meta:
                    app_label = "crm"

                def __str__(self) -> str:
                    return "a keeper"

            for card in (acme, globex):
                with owner_scope(card.schema_name), connection.schema_editor() as editor:
                    editor.create_model(Keeper)
                with tenant_scope(card, TESTS):
                    Keeper.objects.create(word=f"{card.slug}-hunter2")
            yield Keeper

    def shelf(self, card: BrandCard, keeper: type[Any]) -> vault.Shelf:
        return vault.Shelf(
            card.slug, partial(tenant_scope, card, TESTS), keeper, keeper._meta.get_field("word")
        )

    def it_seals_each_brands_own_anew(
        self, keeper: type[Any], acme: BrandCard, globex: BrandCard, settings: Any
    ) -> None:
        old = settings.FIELD_KEYS
        settings.FIELD_KEYS = [new_key(), *old]
        assert vault.rotate(self.shelf(acme, keeper)) == 1
        settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
        with tenant_scope(acme, TESTS):
            assert keeper.objects.get().word == "acme-hunter2"
        assert list(vault.unknown_keys(self.shelf(globex, keeper)).values()) == [1]
        assert vault.unknown_keys(self.shelf(acme, keeper)) == {}


class DescribeLostKey:
    def it_is_named_by_the_command(self, secrets: None, settings: Any) -> None:
        settings.FIELD_KEYS = [new_key()]
        with pytest.raises(CommandError, match="not in FIELD_KEYS"):
            call_command("rotate_secrets", stdout=StringIO())

    def it_is_named_by_the_doctor(self, secrets: None, settings: Any) -> None:
        assert "columns open" in fleet.sealed_secrets()
        lost = stored()[0].split(".")[1]
        settings.FIELD_KEYS = [new_key()]
        with pytest.raises(Ill, match=f"smtp_password with {lost} \\(2\\)") as ill:
            fleet.sealed_secrets()
        assert "FIELD_KEYS" in ill.value.mend
