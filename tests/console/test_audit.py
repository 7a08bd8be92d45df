"""The audit trail in the console: who did what, in sentences, filtered, page by page, and as CSV."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from tenants.audit import audit
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.trail.reading import PAGE
from tests.console.conftest import Signed
from tests.factories import NOW

PROVIDER = "/audit/"
ACME = "/clients/acme/audit/"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


def note(card: BrandCard | None, verb: str = "queue.changed", **more: Any) -> None:
    values: dict[str, Any] = {"actor": "user:1", "object": "queue:7 Orders", "now": NOW} | more
    audit(verb, brand_id=card.id if card else None, **values)


def html(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def entries(answer: Any) -> int:
    return html(answer).count('<li class="entry">')


class DescribeClientsTrail:
    def it_says_who_did_what_to_what(self, signed: Signed, op: Actor, bo: Actor, acme: BrandCard) -> None:
        note(acme, actor=bo.who, diff={"units": [34, 20], "name": [None, "Orders"]}, reason="busy")
        text = html(signed(op).get(ACME))
        assert '<bdi translate="no">Bo Lind</bdi> changed the queue <bdi translate="no">Orders</bdi>' in text
        assert ">Agent<" in text
        for word in ("busy", "2 details", "<code>units</code>", ">34<", ">20<", "Europe/Stockholm"):
            assert word in text

    def it_shows_this_client_alone(
        self, signed: Signed, op: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        note(acme, object="queue:1 Ours")
        note(globex, object="queue:2 Theirs")
        note(None, object="queue:3 Nobodys")
        text = html(signed(op).get(ACME))
        assert "Ours" in text
        assert "Theirs" not in text
        assert "Nobodys" not in text

    def it_names_machinery_and_brands(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        note(acme, "brand.changed", actor="system:tests", object=f"brand:{acme.id}")
        assert "The system changed the client" in html(signed(op).get(ACME))

    def it_escapes_what_people_wrote(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        note(acme, object="queue:1 <b>", reason="<script>", diff={"<i>": ["<u>", "{who}"]})
        text = html(signed(op).get(ACME))
        assert not any(tag in text for tag in ("<b>", "<script>", "<i>", "<u>"))
        assert "{who}" in text

    def it_shows_a_verb_that_no_list_knows(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        note(acme, "ship.{sunk}", object="ship:1")
        assert "ship.sunk" in html(signed(op).get(ACME))

    def it_says_when_there_is_nothing(self, signed: Signed, op: Actor) -> None:
        text = html(signed(op).get(f"{ACME}?who=nobody-of-that-name"))
        assert "No entry fits these filters." in text

    def it_says_how_far_the_chain_is_sealed(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        browser = signed(op)
        note(acme)
        waiting = AuditRow.objects.filter(brand_id=acme.id).count()
        words = f"Nothing is sealed yet, {waiting} row{'s' if waiting > 1 else ''} waiting."
        assert words in html(browser.get(ACME))


class DescribeFilters:
    def it_asks_for_a_person_by_name_or_address(
        self, signed: Signed, op: Actor, bo: Actor, ada: Actor, acme: BrandCard
    ) -> None:
        note(acme, actor=bo.who)
        note(acme, actor=ada.who)
        note(acme, actor="system:tests")
        browser = signed(op)
        asked = {"who": "bo lind", "verb": "queue.changed"}
        assert entries(browser.get(ACME, asked)) == 1
        assert entries(browser.get(ACME, asked | {"who": "ada@example"})) == 1
        assert entries(browser.get(ACME, asked | {"who": "system"})) == 1
        assert entries(browser.get(ACME, asked | {"who": ""})) == 3

    def it_asks_for_a_verb(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        note(acme)
        note(acme, "inbox.created")
        assert entries(signed(op).get(ACME, {"verb": "inbox.created"})) == 1

    def it_cuts_days_in_the_brands_zone(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        """1 July in Stockholm is [30 June 22:00, 1 July 22:00) UTC."""
        for hour in (21, 22):
            note(acme, now=datetime(2026, 6, 30, hour, tzinfo=UTC))
            note(acme, now=datetime(2026, 7, 1, hour, tzinfo=UTC))
        day = {"since": "2026-07-01", "until": "2026-07-01", "verb": "queue.changed"}
        text = html(signed(op).get(ACME, day))
        assert text.count('<li class="entry">') == 2
        assert "Wednesday 1 July 2026" in text
        assert "Days begin at midnight in Europe/Stockholm." in text

    @pytest.mark.parametrize(
        ("asked", "words"),
        [
            ({"since": "yesterday"}, "Write a day as 2026-03-31."),
            ({"until": "9999-12-31"}, "Write a day as 2026-03-31."),
            ({"since": "2026-07-02", "until": "2026-07-01"}, "This day is before the first one."),
            ({"verb": "nothing.done"}, "Select a valid choice."),
            ({"who": "x" * 121}, "at most 120 characters"),
        ],
    )
    def it_refuses_what_is_no_filter(
        self, signed: Signed, op: Actor, acme: BrandCard, asked: dict[str, str], words: str
    ) -> None:
        note(acme)
        answer = signed(op).get(ACME, asked)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert words in text
        assert 'aria-invalid="true"' in text
        assert '<li class="entry">' not in text
        assert (
            signed(op).post(f"{ACME}export/?{'&'.join(f'{k}={v}' for k, v in asked.items())}").status_code
            == 422
        )


class DescribePages:
    def it_goes_on_behind_the_last_one(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        for n in range(PAGE + 3):
            note(acme, object=f"queue:{n} number-{n}.", now=NOW + timedelta(seconds=n // 2))
        browser, asked = signed(op), f"{ACME}?verb=queue.changed"
        first = html(browser.get(asked))
        assert first.count('<li class="entry">') == PAGE
        older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        assert older.startswith(asked)
        last = html(browser.get(older))
        assert last.count('<li class="entry">') == 3
        shown = [f"number-{n}." for n in range(PAGE + 3) if f"number-{n}." in first + last]
        assert len(shown) == PAGE + 3
        assert 'rel="next"' not in last

    @pytest.mark.parametrize("mark", ["x", "1-", "-1", "9" * 30 + "-1", "1-²", "999999999999999999-1"])
    def it_begins_anew_at_a_mark_that_is_none(
        self, signed: Signed, op: Actor, acme: BrandCard, mark: str
    ) -> None:
        note(acme)
        assert entries(signed(op).get(ACME, {"before": mark, "verb": "queue.changed"})) == 1

    def it_asks_the_database_as_often_for_many_as_for_few(
        self, signed: Signed, op: Actor, bo: Actor, ada: Actor, acme: BrandCard
    ) -> None:
        browser, asked = signed(op), f"{ACME}?verb=queue.changed"
        browser.get(asked)
        counts = []
        for actors in ([bo.who], [bo.who, ada.who, op.who, "system"] * 10):
            for actor in actors:
                note(acme, actor=actor)
            with CaptureQueriesContext(connection) as queries:
                browser.get(asked)
            counts.append(len(queries))
        assert counts[0] == counts[1]


class DescribeExport:
    def rows(self, answer: Any) -> list[list[str]]:
        assert answer["Content-Type"].startswith("text/csv")
        return list(csv.reader(StringIO(answer.getvalue().decode("utf-8-sig"))))

    def it_writes_what_the_filters_leave(self, signed: Signed, op: Actor, bo: Actor, acme: BrandCard) -> None:
        note(acme, actor=bo.who, diff={"units": [34, 20]})
        note(acme, "inbox.created")
        head, row = self.rows(signed(op).post(f"{ACME}export/?verb=queue.changed"))
        assert head[:4] == ["at (UTC)", "actor", "name", "verb"]
        assert row[:5] == ["2026-03-02 09:00:00.000000", bo.who, "Bo Lind", "queue.changed", "queue:7 Orders"]
        assert row[6] == '{"units": [34, 20]}'

    def it_writes_all_pages(
        self, signed: Signed, op: Actor, acme: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tenants.trail.reading.EXPORT", 4)
        for n in range(10):
            note(acme, object=f"queue:{n} {n}")
        found = self.rows(signed(op).post(f"{ACME}export/?verb=queue.changed"))
        assert [row[4] for row in found[1:]] == [f"queue:{n} {n}" for n in reversed(range(10))]

    def it_is_no_formula(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        note(acme, object="=1+1", reason="@SUM(A1)")
        (_, row) = self.rows(signed(op).post(f"{ACME}export/?verb=queue.changed"))
        assert row[4:6] == ["'=1+1", "'@SUM(A1)"]

    def it_is_written_down(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        signed(op).post(f"{ACME}export/?who=bo")
        row = AuditRow.objects.get(verb="audit.exported")
        assert (row.actor, row.brand_id, row.diff) == (op.who, acme.id, {"filters": ["who"]})

    def it_is_no_page(self, signed: Signed, op: Actor) -> None:
        assert signed(op).get(f"{ACME}export/").status_code == 405


class DescribeProvidersTrail:
    def it_shows_what_belongs_to_no_client(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        note(acme, object="queue:1 Theirs")
        note(None, "session.refused", actor="nobody", object="someone@else.example")
        text = html(signed(op).get(PROVIDER))
        assert "someone@else.example" in text
        assert "Theirs" not in text
        assert "Days begin at midnight in UTC." in text

    def it_is_exported_too(self, signed: Signed, op: Actor) -> None:
        answer = signed(op).post(f"{PROVIDER}export/?verb=session.opened")
        assert "session.opened" in answer.getvalue().decode()
        assert AuditRow.objects.get(verb="audit.exported").brand_id is None

    def it_stands_in_the_rail(self, signed: Signed, op: Actor) -> None:
        assert 'href="/audit/"' in html(signed(op).get("/clients/"))


@pytest.mark.parametrize("path", [PROVIDER, ACME, f"{PROVIDER}export/", f"{ACME}export/"])
class DescribeStrangers:
    @pytest.mark.parametrize("who", ["ada", "cy", "outsider"])
    def it_hides_from_others(
        self, signed: Signed, request: pytest.FixtureRequest, acme: BrandCard, path: str, who: str
    ) -> None:
        browser = signed(request.getfixturevalue(who))
        assert browser.get(path).status_code == 404
        assert browser.post(path).status_code == 404
        assert not AuditRow.objects.filter(verb="audit.exported").exists()

    def it_asks_to_sign_in(self, db: None, client: Any, path: str) -> None:
        answer = client.get(path, headers={"host": "localhost:8000"})
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")


def it_knows_no_client_of_that_name(signed: Signed, op: Actor) -> None:
    assert signed(op).get("/clients/nobody/audit/").status_code == 404
    assert signed(op).post("/clients/nobody/audit/export/").status_code == 404


def it_takes_only_get(signed: Signed, op: Actor) -> None:
    assert signed(op).post(ACME).status_code == 405
    assert signed(op).post(PROVIDER).status_code == 405
