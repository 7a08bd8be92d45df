"""The fleet's page: operators see every schema and may migrate one; nobody else learns that it exists."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from tenants import blueprint
from tenants.cards import BrandCard
from tenants.choices import BrandState, FleetState
from tenants.models import AuditRow, Brand, SchemaState, SpareSchema
from tenants.roles import owner_scope
from tests.console.conftest import Signed

ADDRESS = "/fleet/"


def retry(client: Any, slug: str) -> Any:
    return client.post(f"{ADDRESS}{slug}/migration/", headers={"host": "localhost:8000"})


def fail(card: BrandCard, error: str = "canceling statement due to lock timeout") -> None:
    SchemaState.objects.filter(brand_id=card.id).update(state=FleetState.FAILED, error=error, digest="0" * 64)


class DescribeFleet:
    def it_shows_every_schema_and_the_pool(
        self, signed: Signed, op: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        text = signed(op).get(ADDRESS).content.decode()
        for card in (acme, globex):
            assert card.name in text
        assert blueprint.digest()[:8] in text
        assert text.count("Up to date") == 2
        assert "Try again" not in text

    def it_shows_what_is_wrong_first_with_a_way_to_mend_it(
        self, signed: Signed, op: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        fail(globex)
        text = signed(op).get(ADDRESS).content.decode()
        assert text.index(globex.name) < text.index(acme.name)
        assert "canceling statement due to lock timeout" in text
        assert "/fleet/globex/migration/" in text
        only = signed(op).get(f"{ADDRESS}?only=behind").content.decode()
        assert acme.name not in only

    def it_says_when_nothing_is_behind(self, signed: Signed, op: Actor) -> None:
        assert "Nothing is behind" in signed(op).get(f"{ADDRESS}?only=behind").content.decode()

    def it_says_when_nothing_is_ready(self, signed: Signed, op: Actor) -> None:
        SpareSchema.objects.all().delete()
        assert "The next client waits until one is made." in signed(op).get(ADDRESS).content.decode()

    def it_says_when_there_is_no_client(self, signed: Signed, op: Actor) -> None:
        Brand.objects.update(state=BrandState.GONE)
        assert "No clients yet" in signed(op).get(ADDRESS).content.decode()

    def it_escapes_what_the_server_said(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        fail(acme, "<script>alert(1)</script>")
        assert "<script>alert(1)" not in signed(op).get(ADDRESS).content.decode()

    def it_costs_the_same_for_many(
        self, signed: Signed, op: Actor, django_assert_max_num_queries: Any
    ) -> None:
        browser = signed(op)
        with django_assert_max_num_queries(8):
            browser.get(ADDRESS)

    @pytest.mark.parametrize("who", ["ada", "cy", "outsider"])
    def it_hides_from_others(self, signed: Signed, request: pytest.FixtureRequest, who: str) -> None:
        browser = signed(request.getfixturevalue(who))
        assert browser.get(ADDRESS).status_code == 404
        assert retry(browser, "acme").status_code == 404

    def it_is_not_on_a_brands_host(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        assert signed(op).get(ADDRESS, headers={"host": "acme.localhost:8000"}).status_code == 404

    def it_asks_strangers_to_sign_in(self, client: Any) -> None:
        assert client.get(ADDRESS, headers={"host": "localhost:8000"}).status_code == 302


class DescribeMigration:
    def it_brings_one_schema_up_and_writes_down_who_asked(
        self, signed: Signed, op: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        for card in (acme, globex):
            fail(card)
        answer = retry(signed(op), "acme")
        assert (answer.status_code, answer["Location"]) == (302, "/fleet/?done=acme")
        states = dict(SchemaState.objects.values_list("brand__slug", "state"))
        assert states == {"acme": FleetState.CURRENT, "globex": FleetState.FAILED}
        row = AuditRow.objects.get(verb="fleet.migrated")
        assert (row.actor, row.brand_id) == (op.who, acme.id)
        assert "Acme Outdoor is up to date" in signed(op).get(answer["Location"]).content.decode()

    def it_says_what_went_wrong_and_changes_nothing(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        with owner_scope(acme.schema_name), connection.cursor() as cursor:
            cursor.execute("CREATE TABLE somebody_was_here (id int)")
        SchemaState.objects.filter(brand_id=acme.id).update(state=FleetState.FAILED, error="drifted")
        answer = retry(signed(op), "acme")
        assert answer.status_code == 409
        assert 'role="alert"' in answer.content.decode()
        assert SchemaState.objects.get(brand_id=acme.id).state == FleetState.FAILED
        assert AuditRow.objects.get(verb="fleet.failed").reason

    def it_has_nothing_to_do_for_who_is_current(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        assert retry(signed(op), "acme").status_code == 302

    def it_knows_no_client_of_that_name(self, signed: Signed, op: Actor) -> None:
        assert retry(signed(op), "nobody").status_code == 404
        assert signed(op).get(f"{ADDRESS}?done=nobody").status_code == 200

    def it_refuses_to_be_read(self, signed: Signed, op: Actor) -> None:
        assert signed(op).get(f"{ADDRESS}acme/migration/").status_code == 405


class DescribeManyClients:
    """Three hundred clients: pages, and no statement more than for two."""

    @pytest.fixture
    def many(self, acme: BrandCard) -> None:
        behind = {"digest": "0" * 64, "state": FleetState.FAILED, "error": "canceling statement"}
        well = {"digest": blueprint.digest(), "state": FleetState.CURRENT}
        made = Brand.objects.bulk_create(
            Brand(
                slug=f"client-{n:03}",
                name=f"Client {n:03}",
                schema_name=f"s_many{n}",
                role_name=f"r_many{n}",
                number=50_000 + n,
                locales=["en"],
            )
            for n in range(300)
        )
        SchemaState.objects.bulk_create(
            SchemaState(brand=brand, fingerprint="", **(behind if n % 10 == 0 else well))
            for n, brand in enumerate(made)
        )

    def it_costs_as_many_statements_as_two(
        self, signed: Signed, op: Actor, request: pytest.FixtureRequest
    ) -> None:
        browser = signed(op)
        browser.get(ADDRESS)
        with CaptureQueriesContext(connection) as few:
            browser.get(ADDRESS)
        request.getfixturevalue("many")
        for page in ("", "?page=2", "?page=7", "?only=behind"):
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(f"{ADDRESS}{page}").status_code == 200
            assert len(asked) <= len(few)

    def it_shows_what_is_behind_before_the_rest(self, signed: Signed, op: Actor, many: None) -> None:
        first = signed(op).get(ADDRESS).content.decode()
        assert first.count("canceling statement") == 30
        last = signed(op).get(f"{ADDRESS}?page=7").content.decode()
        assert "canceling statement" not in last
        assert "Client 299" in last or "Globex" in last
