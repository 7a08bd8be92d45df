"""The audit trail on the client's own host: who looked and changed what, by role and alias; a chain of it."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from accounts.actor import Actor
from accounts.choices import Role
from portal import audit as portal_audit
from portal.verify_chain import check
from tenants.audit import audit
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.trail.reading import PAGE
from tenants.trail.sealing import seal_all
from tenants.trail.verbs import VERBS
from tests.accounts.conftest import Browser
from tests.factories import NOW, make_person
from workforce import actions as workforce

TRAIL = "/audit/"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def lena(db: None, acme: BrandCard) -> str:
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Sandberg")
    return "lena@example.test"


def signed_in(email: str, card: BrandCard) -> Browser:
    browser = Browser()
    browser.enter(email, card.slug)
    return browser


def at(browser: Browser, card: BrandCard, path: str = TRAIL) -> Any:
    return browser.at(f"http://{card.slug}.localhost:8000{path}")


def send(browser: Browser, card: BrandCard, path: str) -> Any:
    return browser.post(path, headers={"host": f"{card.slug}.localhost:8000"})


def html(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def note(card: BrandCard | None, verb: str = "queue.changed", **more: Any) -> None:
    values: dict[str, Any] = {"actor": "user:1", "object": "queue:7 Orders", "now": NOW} | more
    audit(verb, brand_id=card.id if card else None, **values)


class DescribeTrail:
    def it_names_people_by_role_and_alias(
        self, lena: str, bo: Actor, ada: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        workforce.set_alias(ada.user_id, brand_id=acme.id, shown_name="Addie", actor="test", now=NOW)
        workforce.set_alias(ada.user_id, brand_id=globex.id, shown_name="Adelheid", actor="test", now=NOW)
        note(acme, actor=ada.who)
        note(acme, "membership.granted", actor=bo.who, object=ada.who, diff={"role": "agent"})
        text = html(at(signed_in(lena, acme), acme))
        assert "Addie</bdi> changed the queue" in text
        assert 'Bo</bdi> gave a seat to <bdi translate="no">Addie</bdi>' in text
        assert ">Agent<" in text
        for never in ("Lind", "Berg", "Adelheid", "@example.test", f"user:{ada.user_id}"):
            assert never not in text.replace("lena@example.test", "")

    def it_shows_who_of_the_provider_looked(self, lena: str, acme: BrandCard) -> None:
        olu = make_person("op@example.test", (Role.OPERATOR, None), name="Olu Park")
        note(
            acme,
            "conversation.read",
            actor=olu.who,
            object="conversation:019cadc6-9a80-7a12-84dc-88fde50ce4f2",
        )
        text = html(at(signed_in(lena, acme), acme))
        assert 'Olu</bdi> read the conversation <bdi translate="no">019cadc6…e4f2</bdi>' in text
        assert ">Operator<" in text

    def it_leaves_strangers_nameless(self, lena: str, cy: Actor, acme: BrandCard) -> None:
        note(acme, "entry.refused", actor=cy.who, object="/report/", reason="no seat as manager")
        text = html(at(signed_in(lena, acme), acme))
        assert "Somebody</bdi> wanted in without a seat" in text
        assert ">Cy<" not in text
        assert "Cy Marsh" not in text

    def it_shows_no_other_client_and_nothing_internal(
        self, lena: str, acme: BrandCard, globex: BrandCard
    ) -> None:
        note(globex, object="queue:2 Theirs")
        note(None, object="queue:3 Nobodys")
        note(acme, "scope.system", actor="system", reason="internal reason")
        note(acme, "never.heard", object="queue:4 Unlisted")
        text = html(at(signed_in(lena, acme), acme))
        assert not any(word in text for word in ("Theirs", "Nobodys", "internal reason", "Unlisted"))

    def it_shows_what_changed(self, lena: str, acme: BrandCard) -> None:
        note(acme, diff={"units": [34, 20], "name": ["Orders", None]})
        text = html(at(signed_in(lena, acme), acme))
        for word in ("<code>units</code>", ">34<", ">20<", "nothing", "Europe/Stockholm"):
            assert word in text

    def it_says_when_there_is_nothing(self, lena: str, acme: BrandCard) -> None:
        text = html(at(signed_in(lena, acme), acme, "/audit/?verb=inbox.created"))
        assert "No entry fits these filters." in text

    def it_goes_on_behind_the_last_one(self, lena: str, acme: BrandCard) -> None:
        for n in range(PAGE + 3):
            note(acme, object=f"queue:{n} number-{n}.")
        browser = signed_in(lena, acme)
        first = html(at(browser, acme, "/audit/?verb=queue.changed"))
        older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        last = html(at(browser, acme, older))
        assert (first + last).count('<li class="entry">') == PAGE + 3


class DescribeFilters:
    @pytest.mark.parametrize(
        ("who", "shown"),
        [("provider", {"bo"}), ("client", {"lena"}), ("system", {"system"}), ("", {"bo", "lena", "system"})],
    )
    def it_asks_by_kinds_of_people(
        self, lena: str, bo: Actor, acme: BrandCard, who: str, shown: set[str]
    ) -> None:
        own = AuditRow.objects.get(verb="membership.granted", brand_id=acme.id, diff__role="manager").object
        for actor, name in ((bo.who, "bo"), (own, "lena"), ("system", "system")):
            note(acme, actor=actor, object=f"queue:1 by-{name}.")
        text = html(at(signed_in(lena, acme), acme, f"/audit/?who={who}&verb=queue.changed"))
        assert {name for name in ("bo", "lena", "system") if f"by-{name}." in text} == shown

    def it_cuts_days_in_the_brands_zone(self, cy: Actor, globex: BrandCard) -> None:
        for minute in (29, 31):
            note(globex, now=datetime(2026, 11, 17, 13, minute, tzinfo=UTC))
        path = "/audit/?since=2026-11-18&verb=queue.changed"
        assert html(at(signed_in(cy.email, globex), globex, path)).count('<li class="entry">') == 1

    @pytest.mark.parametrize(
        "asked", ["since=tomorrow", "since=2026-07-02&until=2026-07-01", "verb=scope.system", "who=bo"]
    )
    def it_refuses_what_is_no_filter(self, lena: str, acme: BrandCard, asked: str) -> None:
        answer = at(signed_in(lena, acme), acme, f"/audit/?{asked}")
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.content.decode()


@pytest.mark.django_db(transaction=True)
class DescribeChain:
    def copy(self, browser: Browser, card: BrandCard) -> list[str]:
        answer = send(browser, card, "/audit/chain/")
        assert answer.status_code == 200
        return str(answer.getvalue().decode()).splitlines(keepends=True)

    @pytest.fixture
    def chain(self, lena: str, acme: BrandCard, globex: BrandCard) -> list[str]:
        for n in range(8):
            note(acme, object=f"queue:{n} Örders", diff={"share": [0.10, 1e30], "name": [None, "Ö"]})
            note(globex, object="queue:1 Theirs")
        note(acme, "scope.system", actor="system", reason="internal reason")
        browser = signed_in(lena, acme)
        seal_all()
        return self.copy(browser, acme)

    def it_is_checked_with_nothing_of_ours(self, chain: list[str], tmp_path: Path) -> None:
        path = tmp_path / "chain.jsonl"
        path.write_text("".join(chain))
        done = subprocess.run(
            [sys.executable, "-I", str(portal_audit.SCRIPT), str(path)], capture_output=True, text=True
        )
        assert done.returncode == 0
        assert done.stdout.startswith(f"{len(chain) - 1} links in order")

    def it_holds_this_clients_rows_and_nothing_internal(self, chain: list[str], acme: BrandCard) -> None:
        links = [json.loads(line) for line in chain[1:]]
        rows = [link["row"] for link in links if link["row"]]
        assert {row["brand_id"] for row in rows} == {str(acme.id)}
        assert {VERBS[row["verb"]].shared for row in rows} == {True}
        assert len(rows) < len(links)
        assert not any(word in "".join(chain) for word in ("internal reason", "Theirs"))

    @pytest.mark.parametrize(
        "field", ["actor", "verb", "object", "diff", "reason", "at", "id", "txid", "brand_id"]
    )
    def it_names_a_changed_row(self, chain: list[str], field: str) -> None:
        place = next(n for n, line in enumerate(chain) if n and json.loads(line)["row"])
        link = json.loads(chain[place])
        link["row"][field] += " "
        chain[place] = json.dumps(link)
        assert check(iter(chain)) == (
            False, f"broken at position {place}: the row is not the one that was sealed",
        )  # fmt: skip

    def it_names_a_link_that_was_cut_out_or_moved(self, chain: list[str]) -> None:
        cut = [*chain[:3], *chain[4:]]
        assert check(iter(cut)) == (False, "broken at position 3: the link is missing; the next one is at 4")
        moved = [json.loads(line) for line in chain]
        moved[3]["position"], moved[4]["position"] = 4, 3
        swapped = [json.dumps(moved[n]) for n in (0, 1, 2, 4, 3, *range(5, len(moved)))]
        ok, words = check(iter(swapped))
        assert (ok, words) == (False, "broken at position 3: the link does not stand on the one before")

    def it_is_compared_with_what_was_noted(self, chain: list[str]) -> None:
        last = json.loads(chain[-1])
        noted = (last["position"], last["hash"])
        assert check(iter(chain), noted)[0]
        assert check(iter(chain[:-1]), noted) == (
            False, f"position {noted[0]} does not have the hash that was noted",
        )  # fmt: skip

    def it_refuses_what_is_no_copy(self) -> None:
        assert check(iter(['{"format": "else"}']))[0] is False

    def it_shows_the_newest_link(self, chain: list[str], lena: str, acme: BrandCard) -> None:
        text = html(at(signed_in(lena, acme), acme))
        assert json.loads(chain[-1])["hash"] in text
        assert "Sealed up to" in text

    def it_is_written_down(self, chain: list[str], acme: BrandCard) -> None:
        row = AuditRow.objects.get(verb="audit.exported")
        assert (row.brand_id, row.object) == (acme.id, "chain")

    def it_comes_page_by_page(
        self, lena: str, acme: BrandCard, monkeypatch: pytest.MonkeyPatch, chain: list[str]
    ) -> None:
        monkeypatch.setattr("tenants.trail.copying.PAGE", 3)
        seal_all()
        ok, words = check(iter(self.copy(signed_in(lena, acme), acme)))
        assert ok, words


class DescribeScript:
    def it_is_given_as_text(self, lena: str, acme: BrandCard) -> None:
        answer = at(signed_in(lena, acme), acme, "/audit/verify_chain.py")
        assert answer.status_code == 200
        assert answer.content.decode() == portal_audit.SCRIPT.read_text()

    def it_stands_in_the_docs(self) -> None:
        assert portal_audit.SCRIPT.read_text() in Path("docs/audit.md").read_text()


@pytest.mark.parametrize("path", [TRAIL, "/audit/chain/", "/audit/verify_chain.py"])
class DescribeStrangers:
    def it_asks_to_sign_in(self, acme: BrandCard, db: None, path: str) -> None:
        assert at(Browser(), acme, path).status_code in {302, 405}
        assert send(Browser(), acme, path).status_code in {401, 405}

    def it_takes_no_session_of_another_host(
        self, acme: BrandCard, globex: BrandCard, cy: Actor, path: str
    ) -> None:
        assert at(signed_in(cy.email, globex), acme, path).status_code in {302, 405}
        assert send(signed_in(cy.email, globex), acme, path).status_code in {401, 405}

    def it_hides_from_who_has_another_seat(self, ada: Actor, acme: BrandCard, path: str) -> None:
        browser = signed_in(ada.email, acme)
        assert {at(browser, acme, path).status_code, send(browser, acme, path).status_code} <= {404, 405}
        assert 404 in {at(browser, acme, path).status_code, send(browser, acme, path).status_code}
        assert not AuditRow.objects.filter(verb="audit.exported").exists()
