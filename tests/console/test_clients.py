"""The list of clients: an operator's, with states and search; a manager's as it was."""

import re

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from tenants.cards import BrandCard
from tenants.choices import BrandState
from tenants.clients import A_PAGE, client_page
from tenants.models import Brand
from tenants.onboarding import actions
from tenants.onboarding.models import OnboardingDraft
from tests import factories
from tests.console.conftest import Signed
from tests.factories import NOW, TESTS


class DescribeClients:
    def it_lists_every_client_with_what_may_be_opened(
        self, signed: Signed, acme: BrandCard, globex: BrandCard
    ) -> None:
        both = factories.make_person("op@example.test", (Role.OPERATOR, None), (Role.MANAGER, globex))
        rows = {row["card"].slug: row for row in signed(both).get("/clients/").context["rows"]}
        assert rows["acme"]["report_path"] == ""
        assert rows["acme"]["host"] == "acme.localhost:8000"
        assert rows["acme"]["shop_url"] == "http://acme.localhost:8000/shop/"
        assert rows["globex"]["report_path"]

    def it_shows_states_and_offers_no_shop_of_what_is_not_live(
        self, signed: Signed, op: Actor, acme: BrandCard
    ) -> None:
        Brand.objects.filter(pk=acme.id).update(state=BrandState.PAUSED)
        page = signed(op).get("/clients/?q=acm")
        assert [row["state"] for row in page.context["rows"]] == ["Paused"]
        assert page.context["rows"][0]["shop_url"] == ""

    def it_shows_what_was_begun(self, signed: Signed, op: Actor) -> None:
        draft = actions.start(blueprint_name="blank", grant=TESTS, actor=op.who, now=NOW)
        assert f"/clients/new/{draft.ref}/" in signed(op).get("/clients/").content.decode()

    def it_finds_what_was_begun_long_ago(self, signed: Signed, op: Actor) -> None:
        rows = [OnboardingDraft(created_by="x", data={"brand": {"name": f"Client {n}"}}) for n in range(22)]
        OnboardingDraft.objects.bulk_create(rows)
        browser = signed(op)
        assert "2 more, begun earlier" in browser.get("/clients/").content.decode()
        found = browser.get("/clients/?q=client 21").context["unbuilt"]
        assert [draft.name for draft in found] == ["Client 21"]

    @pytest.mark.parametrize("search", ["ACME", "acm", "Outdoor"])
    def it_finds_by_a_part_of_the_name(self, signed: Signed, op: Actor, acme: BrandCard, search: str) -> None:
        rows = signed(op).get(f"/clients/?q={search}").context["rows"]
        assert [row["card"].slug for row in rows] == ["acme"]

    @pytest.mark.parametrize("query", ["q=nobody", "q=%00%25", "q=" + "x" * 500, "page=zero", "page=-1"])
    def it_bears_any_query(self, signed: Signed, op: Actor, acme: BrandCard, query: str) -> None:
        assert signed(op).get(f"/clients/?{query}").status_code == 200

    def it_says_that_nothing_fits(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        assert "No client of that name" in signed(op).get("/clients/?q=zzz").content.decode()

    def it_turns_pages(self, db: None, acme: BrandCard) -> None:
        proto = Brand.objects.get(pk=acme.id)
        Brand.objects.bulk_create(
            Brand(
                slug=f"c{n:02}", name=f"Client {n}", number=1000 + n, state=proto.state,
                schema_name=f"s_c{n}", role_name=f"r_c{n}",
            )
            for n in range(A_PAGE)
        )  # fmt: skip
        first, last = client_page("", 1), client_page("", 99)
        assert (len(first), first.has_next(), last.number) == (A_PAGE, True, 2)

    def it_refuses_post(self, signed: Signed, op: Actor) -> None:
        assert signed(op).post("/clients/").status_code == 405

    def it_leads_nobody_else_to_what_is_an_operators(
        self, signed: Signed, cy: Actor, acme: BrandCard
    ) -> None:
        page = signed(cy).get("/clients/").content.decode()
        assert "Globex" in page
        assert acme.name not in page
        assert "/clients/new/" not in page

    def it_shows_who_has_no_seat_nothing(self, signed: Signed, outsider: Actor, acme: BrandCard) -> None:
        page = signed(outsider).get("/clients/").content.decode()
        assert not re.search(r"Acme|Globex|/clients/new/", page)
