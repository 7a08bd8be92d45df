"""From a dry pool to a dropped brand: schemas made by replay, claimed at once, gone with their roles."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from core.errors import NotFound
from crm.models import Contact
from interactions.models import Message
from tenants import actions, blueprint, cards, fingerprint, schemas
from tenants.cards import BrandCard, card_by_id, card_by_slug, card_for_host
from tenants.choices import BrandState
from tenants.models import AuditRow, Blueprint, Brand, Domain, LabourEvent, SchemaState, SpareSchema
from tenants.roles import names, owner_scope
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS
from tests.tenants.rows import is_in, make_rows, whoami

RELATIONS = """
SELECT c.relkind, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = %s AND c.relkind IN ('r', 'i', 'S') ORDER BY 1, 2
"""


def onboard(slug: str = "initech", **fields: Any) -> Brand:
    return actions.create_brand(slug=slug, name=slug.title(), actor="test", now=NOW, **fields)


def relations(schema: str) -> list[tuple[str, str]]:
    with owner_scope(schema), connection.cursor() as cursor:
        cursor.execute(RELATIONS, [schema])
        return list(cursor.fetchall())


def roles_like(boss: Any, pattern: str) -> list[str]:
    rows = boss.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE %s ORDER BY 1", [pattern])
    return [row[0] for row in rows.fetchall()]


class DescribeSpares:
    def it_replays_what_was_captured(self, transactional_db: None, acme: BrandCard) -> None:
        spare = schemas.build_spare()
        kept = Blueprint.objects.get(digest=blueprint.digest())
        assert kept.ddl
        assert spare.fingerprint == kept.fingerprint
        assert relations(spare.schema_name) == relations(acme.schema_name)
        assert len(relations(spare.schema_name)) > 30
        schemas.drop_spare(spare)

    def it_comes_out_as_djangos_own_migrations_do(self, transactional_db: None) -> None:
        replayed = schemas.build_spare()
        Blueprint.objects.all().delete()
        migrated = schemas.build_spare()
        assert migrated.fingerprint == replayed.fingerprint
        for spare in (replayed, migrated):
            schemas.drop_spare(spare)

    def it_starts_ids_where_no_other_brands_are(self, acme: BrandCard, globex: BrandCard, db: None) -> None:
        numbers = {}
        for card in (acme, globex):
            with tenant_scope(card, TESTS):
                rows = make_rows()
                numbers[card.id] = [rows.interaction.pk, rows.message.pk, rows.contact.pk]
        for card in (acme, globex):
            number = Brand.objects.get(pk=card.id).number
            assert all(pk // schemas.IDS_PER_SCHEMA == number for pk in numbers[card.id])
            assert fingerprint.starts_right(card.schema_name, first_id=number * schemas.IDS_PER_SCHEMA)

    def it_leaves_nothing_of_one_that_failed(
        self, transactional_db: None, boss: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = roles_like(boss, names().pattern)
        monkeypatch.setattr(schemas, "fingerprint", lambda schema, role: "another")
        with pytest.raises(schemas.SchemaDiffers):
            schemas.build_spare()
        assert roles_like(boss, names().pattern) == before

    def it_fills_the_pool_up_and_shows_how_far(self, transactional_db: None) -> None:
        seen: list[tuple[int, int]] = []
        ready = SpareSchema.objects.count()
        made = actions.refill_pool(ready + 2, progress=lambda done, size: seen.append((done, size)))
        assert made == 2
        assert seen[-1] == (ready + 2, ready + 2)
        assert actions.refill_pool(ready + 2) == 0

    def it_drops_spares_of_yesterdays_migrations(self, transactional_db: None, boss: Any) -> None:
        spare = schemas.build_spare()
        SpareSchema.objects.filter(pk=spare.pk).update(digest="yesterday")
        actions.refill_pool(0)
        assert not SpareSchema.objects.filter(pk=spare.pk).exists()
        assert roles_like(boss, f"%{spare.schema_name}") == []

    def it_is_filled_by_one_at_a_time(self, transactional_db: None) -> None:
        size = SpareSchema.objects.count() + 2

        def fill(_: int) -> int:
            try:
                return actions.refill_pool(size)
            finally:
                connection.close()

        with ThreadPoolExecutor(3) as pool:
            assert sum(pool.map(fill, range(3))) == 2


class DescribeCreateBrand:
    def it_claims_a_spare_without_ddl(
        self, transactional_db: None, django_assert_max_num_queries: Any
    ) -> None:
        actions.refill_pool(SpareSchema.objects.count() + 1)
        spare = SpareSchema.objects.order_by("number").first()
        assert spare
        with django_assert_max_num_queries(8) as asked:
            brand = onboard(timezone="Europe/Oslo", hue=12, tone_do=("Be brief", "Be kind"))
        ran = " ".join(query["sql"] for query in asked.captured_queries)
        assert not any(word in ran for word in ("CREATE ", "ALTER ", "GRANT "))
        assert (brand.schema_name, brand.role_name, brand.number) == (
            spare.schema_name,
            spare.role_name,
            spare.number,
        )
        assert not SpareSchema.objects.filter(pk=spare.number).exists()

    def it_can_be_worked_in_at_once(self, transactional_db: None) -> None:
        brand = onboard(tone_do=("Be brief", "Be kind"))
        card = card_by_slug("initech")
        assert card
        assert card.tone_do == ("Be brief", "Be kind")
        assert card_for_host("initech.localhost") == card
        with tenant_scope(card, TESTS):
            assert is_in(whoami(), card)
            make_rows()
            assert Message.objects.count() == 1
        assert SchemaState.objects.get(brand=brand).digest == blueprint.digest()
        assert Domain.objects.get(brand=brand).host == "initech.localhost"

    def it_writes_down_who_and_says_so(self, transactional_db: None) -> None:
        brand = onboard()
        assert AuditRow.objects.get(verb="brand.created", brand_id=brand.pk).actor == "test"
        assert LabourEvent.objects.get(kind="brand.onboarded", brand_id=brand.pk).occurred_at == NOW

    def it_makes_a_schema_when_the_pool_is_dry(self, transactional_db: None) -> None:
        for spare in SpareSchema.objects.all():
            schemas.drop_spare(spare)
        card = cards.card_of(onboard())
        with tenant_scope(card, TESTS):
            assert Contact.objects.count() == 0

    def it_never_gives_one_spare_to_two(self, transactional_db: None) -> None:
        actions.refill_pool(4)
        meet = threading.Barrier(4, timeout=60)

        def claim(number: int) -> str:
            meet.wait()
            try:
                return str(onboard(f"brand-{number}").schema_name)
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            assert len(set(pool.map(claim, range(4)))) == 4

    @pytest.mark.parametrize("slug", ["acme", "www", "Acme", "a b", "-a", "", "å", "a" * 60])
    def it_refuses_a_slug_that_is_taken_or_none(self, db: None, slug: str) -> None:
        spares = SpareSchema.objects.count()
        with pytest.raises(actions.SlugTaken) as refused, transaction.atomic():
            onboard(slug)
        assert refused.value.status == 422
        assert SpareSchema.objects.count() == spares


class DescribeDropBrand:
    def it_takes_schema_role_and_hosts_along(self, transactional_db: None, boss: Any) -> None:
        brand = onboard()
        card = cards.card_of(brand)
        actions.open_endpoint(brand.pk, key="pk_test", inbox_ref=uuid4())
        with tenant_scope(card, TESTS):
            make_rows()
        actions.drop_brand(brand.pk, actor="test", now=NOW)
        assert not _exists(boss, brand.schema_name)
        assert roles_like(boss, brand.role_name) == []
        assert card_by_id(brand.pk) is None
        assert card_for_host("initech.localhost") is None
        assert cards.endpoint_by_key("pk_test") is None
        assert Brand.objects.get(pk=brand.pk).state == BrandState.GONE

    def it_frees_the_slug_and_never_the_number(self, transactional_db: None) -> None:
        first = onboard()
        actions.drop_brand(first.pk, actor="test", now=NOW)
        second = onboard()
        assert second.number != first.number

    def it_finds_nothing_twice(self, transactional_db: None) -> None:
        brand = onboard()
        actions.drop_brand(brand.pk, actor="test", now=NOW)
        with pytest.raises(NotFound):
            actions.drop_brand(brand.pk, actor="test", now=NOW)


def _exists(boss: Any, schema: str) -> bool:
    return bool(boss.execute("SELECT to_regnamespace(%s) IS NOT NULL", [schema]).fetchone()[0])
