"""A client's page in the console: operators see it, nobody else learns that it exists."""

import pytest

from accounts.actor import Actor
from tenants.cards import BrandCard
from tests.console.conftest import Signed


class DescribeOverview:
    def it_shows_the_client(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        answer = signed(op).get("/clients/acme/")
        assert answer.status_code == 200
        assert acme.name in answer.content.decode()

    def it_knows_no_client_of_that_name(self, signed: Signed, op: Actor) -> None:
        assert signed(op).get("/clients/nobody/").status_code == 404

    def it_refuses_post(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        assert signed(op).post("/clients/acme/").status_code == 405

    @pytest.mark.parametrize("who", ["ada", "cy", "outsider"])
    def it_hides_from_others(
        self, signed: Signed, request: pytest.FixtureRequest, acme: BrandCard, who: str
    ) -> None:
        assert signed(request.getfixturevalue(who)).get("/clients/acme/").status_code == 404

    def it_asks_strangers_to_sign_in(self, acme: BrandCard, client: object) -> None:
        answer = client.get("/clients/acme/", headers={"host": "localhost:8000"})  # type: ignore[attr-defined]
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")
