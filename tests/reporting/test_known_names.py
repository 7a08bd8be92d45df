"""Rows that were written before names towards a client were kept say them too, but what was issued stays."""

from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from accounts.actor import Actor
from accounts.choices import MembershipState, Role
from accounts.models import Membership
from reporting.issued.models import IssuedReport
from reporting.models import Clause, Exclusion
from tenants.cards import BrandCard
from tenants.roles import owner_scope
from tenants.scope import labour_scope, tenant_scope
from tests.console.conftest import op
from tests.factories import TESTS, make_person
from tests.portal.test_commitments import promise
from tests.portal.test_exclusions import closed, hour
from tests.portal.test_report import contact
from tests.reporting.test_issuing import NINE, issue
from workforce.models import AgentAlias

__all__ = ["op"]

pytestmark = pytest.mark.django_db
SQL = import_module("reporting.migrations.0012_known_names").SQL


def migrate(card: BrandCard) -> None:
    with owner_scope(card.schema_name), connection.cursor() as cursor:
        for statement in SQL:
            cursor.execute(statement)


def said(card: BrandCard, model: Any, column: str) -> list[str]:
    with tenant_scope(card, TESTS):
        return list(model.objects.order_by("pk").values_list(column, flat=True))


@pytest.fixture
def cast(ada: Actor, op: Actor, acme: BrandCard, globex: BrandCard) -> None:
    """Ada Berg works for both, Ivo Tal has left, Olu Park is the operator; Lena Holm is Acme's own."""
    left = make_person("ivo@example.test", (Role.AGENT, acme), name="Ivo Tal")
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Holm")
    make_person("kim@example.test", (Role.AGENT, acme), name="Kim Ek")
    make_person("kim.ek@example.test", (Role.VIEWER, acme), name="Kim Ek")
    with labour_scope():
        Membership.objects.filter(user_id=left.user_id).update(state=MembershipState.REVOKED)
        AgentAlias.objects.update_or_create(
            agent_id=ada.user_id, brand_id=acme.id, defaults={"shown_name": "Berta", "key": "berta"}
        )


@pytest.mark.usefixtures("cast")
def it_calls_the_providers_people_as_the_client_knows_them(acme: BrandCard, globex: BrandCard) -> None:
    names = ["Olu Park", "Ada Berg", "Ivo Tal", "Lena Holm", "Kim Ek", "key:ak_1"]
    for card in (acme, globex):
        for n, name in enumerate(names, start=1):
            promise(card, shown=name, target=Decimal(n), minimum=None, queue_ids=[], **window(n))
    closed(acme, hour(3), hour(2), shown="Ada Berg")
    with tenant_scope(acme, TESTS):
        Exclusion.objects.update(answered_shown="Lena Holm")
    for _again in range(2):
        migrate(acme)
        assert said(acme, Clause, "made_shown") == ["Olu", "Berta", "Ivo", "Lena Holm", "Kim Ek", "key:ak_1"]
        assert said(acme, Exclusion, "proposed_shown") == ["Berta"]
        assert said(acme, Exclusion, "answered_shown") == ["Lena Holm"]
        assert said(globex, Clause, "made_shown") == names
    migrate(globex)
    assert said(globex, Clause, "made_shown") == ["Olu", "Ada", "Ivo", "Lena Holm", "Kim", "key:ak_1"]


@pytest.mark.usefixtures("cast")
def it_leaves_what_was_issued(acme: BrandCard) -> None:
    contact(acme, at=NINE)
    one = issue(acme)
    before = [said(acme, IssuedReport, column) for column in ("document", "digest", "issued_shown")]
    migrate(acme)
    assert [said(acme, IssuedReport, column) for column in ("document", "digest", "issued_shown")] == before
    assert one.shown == "Olu Park"


def window(n: int) -> dict[str, Any]:
    """One target each, none the same as another."""
    metrics = ("SL.NEG@1", "ABN.RATE@1")
    return {"metric": metrics[n % 2], "window": ("day", "week", "month")[n % 3]}
