"""The API describes itself, and is what it describes: made-up calls by its own description."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from accounts.api.access import api_grant
from tenants.cards import BrandCard
from tests.api.conftest import Make, Program

CALM = settings(
    max_examples=3, derandomize=True, deadline=None, database=None,
    phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
)  # fmt: skip


def described(program: Program) -> dict[str, Any]:
    answer = program.ask("get", "schema/", headers={"Accept": "application/json"})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


@contextmanager
def one_transaction() -> Iterator[None]:
    """Requests over WSGI end without closing the connection that holds the test's transaction."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


def on_host(application: Any, program: Program) -> Any:
    """Serve every request as one of that host."""

    def serve(environ: dict[str, Any], start: Any) -> Any:
        environ |= {"HTTP_HOST": program.host}
        return application(environ, start)

    return serve


class DescribeSchema:
    def it_has_every_address_of_its_host(self, program: Make, acme: BrandCard) -> None:
        provider, brand = described(program()), described(program(acme))
        assert "/api/v1/brands/{ref}/seats/" in provider["paths"]
        assert set(brand["paths"]) == {
            f"/api/v1/{one}/"
            for one in ("brand", "queues", "rules", "calendars", "targets", "clocks", "conversations")
        }

    def it_has_examples_problems_and_the_key_of_a_call(self, program: Make) -> None:
        post = described(program())["paths"]["/api/v1/brands/"]["post"]
        content = post["requestBody"]["content"]["application/json"]
        assert content["examples"]
        assert "application/problem+json" in post["responses"]["422"]["content"]
        assert [one["name"] for one in post["parameters"]] == ["Idempotency-Key"]
        assert post["security"] == [{"key": []}]

    def it_names_no_product(self, program: Make, acme: BrandCard) -> None:
        assert "trunkline" not in str(described(program(acme))).lower()

    def it_is_for_who_has_a_key(self, program: Make) -> None:
        assert Program("", "localhost:8000").get("schema/").status_code == 401


# Not asked: that whatever fits the description is taken. An address may be nobody's, a short name taken.
@pytest.mark.parametrize("whose", ["provider", "brand"])
def it_answers_made_up_calls_as_it_says(
    program: Make, acme: BrandCard, whose: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.api.authentication.READS", 10_000)
    monkeypatch.setattr("accounts.api.authentication.WRITES", 10_000)
    api_grant()
    caller = program(acme if whose == "brand" else None)
    schema = schemathesis.openapi.from_dict(described(caller))
    schema.app = on_host(get_wsgi_application(), caller)
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]

        @CALM
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            known = {"Authorization": f"Bearer {caller.secret}"}
            case.call_and_validate(headers=known, excluded_checks=[positive_data_acceptance])

        with one_transaction():
            ask()
