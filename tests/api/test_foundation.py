"""What all endpoints share: problems, pages by cursor, calls that happen once, limits."""

from typing import Any
from uuid import uuid4

import pytest

from accounts.api import authentication
from accounts.keys.models import ApiKey
from tenants.cards import BrandCard
from tenants.models import IdempotentCall
from tests.api.conftest import Make, Program
from tests.api.test_refusals import check
from tests.desk.test_budget import check as check_budget
from tests.desk.test_budget import counted


class DescribeProblems:
    def it_says_that_there_is_nothing(self, program: Make) -> None:
        assert check(program().get("nothing/"), 404)["code"] == "not_found"
        assert check(program().post("nothing/at/all"), 404)["title"] == "Not Found"

    def it_refuses_a_method(self, program: Make) -> None:
        answer = program().ask("put", "brands/")
        check(answer, 405)
        assert "GET" in answer.headers["Allow"]
        check(program().ask("options", "brands/"), 405)

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/mixed"])
    def it_takes_json_alone(self, program: Make, acme: BrandCard, kind: str) -> None:
        headers = {"Idempotency-Key": "one"}
        answer = program().ask("post", f"brands/{acme.ref}/seats/", b"x", content_type=kind, headers=headers)
        check(answer, 415)

    @pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 200_000, b'{"email": NaN}'])
    def it_refuses_what_is_no_json(self, program: Make, acme: BrandCard, body: bytes) -> None:
        answer = program().ask(
            "post", f"brands/{acme.ref}/seats/", body, content_type="application/json",
            headers={"Idempotency-Key": "one"},
        )  # fmt: skip
        check(answer, 400)

    @pytest.mark.parametrize("body", [[], "words", 7, None])
    def it_refuses_what_is_no_object(self, program: Make, acme: BrandCard, body: Any) -> None:
        for path in (f"brands/{acme.ref}/seats/", "brands/"):
            check(program().post(path, body), 422)

    def it_names_every_path(self, program: Make, acme: BrandCard) -> None:
        answer = program().post(f"brands/{acme.ref}/seats/", {"email": "x", "rôle": 1})
        errors = check(answer, 422)["errors"]
        assert set(errors) == {"body.email", "body.role", "body.rôle"}
        assert errors["body.rôle"] == ["This key is not known here."]

    def it_refuses_a_body_that_is_too_large(self, program: Make, settings: Any) -> None:
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
        check(program().post("brands/", {"brand": {"name": "x" * 200}}), 413)


class DescribePages:
    def it_goes_through_all_once_and_back(self, program: Make, acme: BrandCard, globex: BrandCard) -> None:
        caller = program()
        first = caller.get("brands/", limit="1").json()
        second = caller.client.get(first["next"], headers=known(caller)).json()
        newest = sorted((acme, globex), key=lambda card: card.ref, reverse=True)
        assert [row["slug"] for row in first["results"] + second["results"]] == [c.slug for c in newest]
        assert second["next"] is None
        back = caller.client.get(second["previous"], headers=known(caller)).json()
        assert back["results"] == first["results"]

    @pytest.mark.parametrize("cursor", ["x", "cD1ub3RhcmVm", "cD0lMDA=", "bz05OTk5OTk5OTk5OTk5", "%00"])
    def it_refuses_what_is_no_cursor(self, program: Make, acme: BrandCard, cursor: str) -> None:
        for path in ("brands/", "people/", f"brands/{acme.ref}/domains/", f"brands/{acme.ref}/seats/"):
            answer = program().get(path, cursor=cursor)
            assert answer.status_code in {200, 400}, answer.content
        own = program(acme)
        for path in ("queues/", "rules/", "calendars/", "conversations/"):
            assert own.get(path, cursor=cursor).status_code in {200, 400}

    def it_says_that_a_cursor_is_none(self, program: Make) -> None:
        assert check(program().get("brands/", cursor="cD1ub3RhcmVm"), 400)["code"] == "cursor"


class DescribeOnce:
    @pytest.mark.parametrize("key", [None, " ", "with space", "x" * 81, "ключ"])
    def it_wants_a_key_with_each_post(self, program: Make, acme: BrandCard, key: str | None) -> None:
        answer = program().post(f"brands/{acme.ref}/pause/", once=key)
        assert check(answer, 400)["code"] == "idempotency_key"

    def it_happens_once(self, program: Make, acme: BrandCard) -> None:
        caller = program()
        for _time in range(2):
            answer = caller.post(f"brands/{acme.ref}/pause/", once="one")
            assert answer.status_code == 201
            assert answer.json()["state"] == "paused"
        assert IdempotentCall.objects.count() == 1
        assert check(caller.post(f"brands/{acme.ref}/pause/", once="two"), 409)["code"] == "state"

    def it_refuses_another_body_under_the_same_key(self, program: Make, acme: BrandCard) -> None:
        caller = program()
        caller.post(f"brands/{acme.ref}/pause/", once="one")
        answer = caller.ask(
            "post", f"brands/{acme.ref}/pause/", b"{ }", content_type="application/json",
            headers={"Idempotency-Key": "one"},
        )  # fmt: skip
        assert check(answer, 422)["code"] == "key_reused"

    def it_may_be_sent_again_after_it_failed(self, program: Make, acme: BrandCard) -> None:
        caller, path = program(), f"brands/{acme.ref}/live/"
        for _time in range(2):
            assert caller.post(path, once="one").status_code in {409, 422}
        assert not IdempotentCall.objects.exists()

    def it_is_each_callers_own(self, program: Make, acme: BrandCard) -> None:
        program().post(f"brands/{acme.ref}/pause/", once="one")
        check(program().post(f"brands/{acme.ref}/pause/", once="one"), 409)


class DescribeLimits:
    def it_counts_by_key_reads_apart_from_writes(
        self, program: Make, acme: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(authentication, "READS", 2)
        caller = program()
        assert [caller.get("brands/").status_code for _time in range(3)] == [200, 200, 429]
        answer = caller.get("brands/")
        assert check(answer, 429)["code"] == "throttled"
        assert answer.headers["Retry-After"] == "60"
        assert caller.post(f"brands/{acme.ref}/pause/").status_code == 201
        assert program().get("brands/").status_code == 200


class DescribeBudget:
    def it_costs_the_same_for_one_as_for_many(self, program: Make, acme: BrandCard) -> None:
        caller, own = program(), program(acme)
        caller.get("brands/")
        own.get("brand/")
        check_budget("api: list of brands", counted(lambda: caller.get("brands/")))
        check_budget("api: a brand's seats", counted(lambda: caller.get(f"brands/{acme.ref}/seats/")))
        check_budget("api: agents of the pool", counted(lambda: caller.get("people/")))
        check_budget("api: conversations", counted(lambda: own.get("conversations/")))
        check_budget(
            "api: a key that opens nothing", counted(lambda: Program("ak_x", own.host).get("brand/"))
        )

    def it_asks_no_more_than_whose_host_it_is_for_who_shows_no_key(
        self, program: Make, acme: BrandCard
    ) -> None:
        own = program(acme)
        own.get("brand/")
        assert counted(lambda: Program("", own.host).get("brand/")) <= 1


def known(caller: Program) -> dict[str, str]:
    return {"Authorization": f"Bearer {caller.secret}", "host": caller.host}


def it_answers_what_nobody_may_store(program: Make) -> None:
    answer = program().get(f"brands/{uuid4()}/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert ApiKey.objects.count() == 1
