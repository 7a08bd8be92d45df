"""The catalogue in the console: the provider's people read it, nobody else learns that it exists."""

from accounts.actor import Actor
from reporting.catalogue import CATALOGUE
from tenants.cards import BrandCard
from tests.console.conftest import Signed
from tests.desk.test_budget import check, counted

ADDRESS = "/metrics/"


class DescribeMetrics:
    def it_shows_what_every_number_means(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        html = signed(op).get(ADDRESS).content.decode()
        for metric in CATALOGUE:
            assert f'<div id="{metric.slug}">' in html
            assert f">{metric.key}</span>" in html
        assert "ISO 18295-1: 4.3" in html
        assert "/report/rows/" not in html

    def it_stands_in_the_rail(self, signed: Signed, op: Actor) -> None:
        assert f'href="{ADDRESS}"' in signed(op).get("/clients/").content.decode()

    def it_is_not_there_for_agents_and_strangers(
        self, signed: Signed, ada: Actor, cy: Actor, outsider: Actor
    ) -> None:
        for actor in (ada, cy, outsider):
            assert signed(actor).get(ADDRESS).status_code == 404

    def it_takes_no_post(self, signed: Signed, op: Actor) -> None:
        assert signed(op).post(ADDRESS, headers={"host": "localhost:8000"}).status_code == 405

    def it_asks_little(self, signed: Signed, op: Actor) -> None:
        browser = signed(op)
        browser.get(ADDRESS)
        check("console: metrics", counted(lambda: browser.get(ADDRESS)))
