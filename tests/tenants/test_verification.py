"""Whatever is done to the trail behind our back is named: chain, position, row, and what differs."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from tenants.cards import BrandCard
from tenants.models import AuditRow, AuditSeal
from tenants.trail import verification
from tenants.trail.anchors import anchor_chains, anchor_if_due, heads
from tenants.trail.sealing import seal_all
from tenants.trail.verification import verify
from tests.tenants.trail import Boss, broken, plant, row_ids, sealed, write

pytestmark = pytest.mark.django_db(transaction=True)

FLIPS = {
    "id": "id = id + 1000000",
    "at": "at = at + interval '1 microsecond'",
    "actor": "actor = 'user:2'",
    "brand_id": "brand_id = brand_id + 1",
    "verb": "verb = 'queue.changee'",
    "object": "object = object || ' '",
    "diff": "diff = jsonb_set(diff, '{share,1}', '1.00')",
    "reason": "reason = 'Because'",
    "era": "era = era + 1",
    "txid": "txid = txid + 1",
}


def it_flips_every_column() -> None:
    assert set(FLIPS) == {field.attname for field in AuditRow._meta.local_fields}


class DescribeWholeChains:
    def it_passes_several_thousand_rows(self, acme: BrandCard, globex: BrandCard, boss: Boss) -> None:
        plant(boss, acme, 2500)
        plant(boss, None, 2500)
        write(globex)
        seal_all()
        checked = verify()
        assert checked.broken == {}
        assert checked.lengths == {None: 2500, acme.id: 2500, globex.id: 1}

    def it_reads_page_by_page(self, acme: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
        sealed(acme, count=25)
        monkeypatch.setattr(verification, "PAGE", 10)
        pages: list[int] = []
        with CaptureQueriesContext(connection) as queries:
            assert verify(chains=[acme.id], progress=pages.append).broken == {}
        assert pages == [10, 10, 5]
        assert all("LIMIT 10" in query["sql"] for query in queries if "c_actor" in query["sql"])

    def it_passes_rows_that_wait_for_the_sealer(self, acme: BrandCard) -> None:
        sealed(acme)
        write(acme, 3)
        assert broken(acme) is None

    def it_passes_an_empty_trail(self) -> None:
        assert verify().broken == {}


class DescribeTampering:
    @pytest.mark.parametrize("column", set(FLIPS) - {"id"})
    def it_names_the_column_of_one_flipped_byte(
        self, acme: BrandCard, globex: BrandCard, boss: Boss, column: str
    ) -> None:
        rows = sealed(acme, globex)
        boss.execute(f"UPDATE tenants_auditrow SET {FLIPS[column]} WHERE id = %s", [rows[2]])
        found = broken(acme)
        assert found
        assert (found.position, found.row_id, found.what) == (3, rows[2], f"differs in: {column}")
        assert broken(globex) is None

    def it_names_a_row_whose_id_was_changed(self, acme: BrandCard, boss: Boss) -> None:
        rows = sealed(acme)
        boss.execute(f"UPDATE tenants_auditrow SET {FLIPS['id']} WHERE id = %s", [rows[2]])
        found = broken(acme)
        assert found
        assert (found.position, found.row_id, found.what) == (3, rows[2], "the row is gone")

    def it_names_a_deleted_row(self, acme: BrandCard, boss: Boss) -> None:
        rows = sealed(acme)
        boss.execute("DELETE FROM tenants_auditrow WHERE id = %s", [rows[1]])
        found = broken(acme)
        assert found
        assert (found.position, found.row_id, found.what) == (2, rows[1], "the row is gone")

    def it_names_a_row_deleted_with_its_seal(self, acme: BrandCard, boss: Boss) -> None:
        rows = sealed(acme)
        _forget(boss, rows[1:2])
        found = broken(acme)
        assert found
        assert (found.position, found.row_id) == (2, None)
        assert found.what == "the seal is missing; the next one is at 3"

    def it_names_the_place_that_was_closed_up(self, acme: BrandCard, boss: Boss) -> None:
        """A row and its seal are gone, and those that follow have moved up."""
        rows = sealed(acme)
        _forget(boss, rows[1:2])
        for position in (3, 4, 5):
            boss.execute(
                "UPDATE tenants_auditseal SET position = %s WHERE position = %s", [position - 1, position]
            )
        found = broken(acme)
        assert found
        assert (found.position, found.row_id) == (2, rows[2])
        assert found.what == "the seal's hash is not the one of this row at this place"

    def it_names_two_rows_whose_contents_were_swapped(self, acme: BrandCard, boss: Boss) -> None:
        rows = sealed(acme)
        swap = "UPDATE tenants_auditrow a SET object = b.object, diff = b.diff FROM tenants_auditrow b"
        both = {"one": rows[1], "two": rows[3]}
        boss.execute(
            "UPDATE tenants_auditrow SET object = id::text WHERE id = ANY(%s)", [list(both.values())]
        )
        boss.execute("DELETE FROM tenants_auditseal")
        seal_all()
        boss.execute(
            f"{swap} WHERE (a.id = %(one)s AND b.id = %(two)s) OR (a.id = %(two)s AND b.id = %(one)s)", both
        )
        found = broken(acme)
        assert found
        assert (found.position, found.row_id, found.what) == (2, rows[1], "differs in: object")

    def it_names_two_seals_that_were_swapped(self, acme: BrandCard, boss: Boss) -> None:
        rows = sealed(acme)
        with boss.transaction():
            for position, row_id in ((2, -1), (4, rows[1]), (2, rows[3])):
                boss.execute(
                    "UPDATE tenants_auditseal SET row_id = %s WHERE position = %s", [row_id, position]
                )
        found = broken(acme)
        assert found
        assert (found.position, found.row_id) == (2, rows[3])
        assert found.what.startswith("differs in: id, at")

    def it_names_a_forged_row_in_the_middle(self, acme: BrandCard, boss: Boss) -> None:
        rows = sealed(acme)
        forged = boss.execute(
            "INSERT INTO tenants_auditrow (at, actor, brand_id, verb, object, diff, reason, era, txid)"
            " SELECT at, 'user:7', brand_id, verb, '', '{}', '', era, txid FROM tenants_auditrow"
            " WHERE id = %s RETURNING id",
            [rows[2]],
        ).fetchone()[0]
        seal_all()
        found = broken(acme)
        assert found
        assert (found.position, found.row_id) == (4, forged)
        assert "no seal" in found.what

    def it_names_a_forged_row_with_a_seal_of_its_own(self, acme: BrandCard, boss: Boss) -> None:
        rows = sealed(acme)
        with boss.transaction():
            for position in (5, 4, 3):
                boss.execute(
                    "UPDATE tenants_auditseal SET position = %s WHERE position = %s", [position + 1, position]
                )
            forged = boss.execute(
                "INSERT INTO tenants_auditrow (actor, brand_id, verb, object, diff, reason)"
                " VALUES ('user:7', %s, 'queue.changed', '', '{}', '') RETURNING id, era, txid",
                [acme.id],
            ).fetchone()
            boss.execute(
                "INSERT INTO tenants_auditseal (brand_id, position, row_id, era, txid, v, marks, hash)"
                " SELECT brand_id, 3, %s, %s, %s, v, marks, hash FROM tenants_auditseal WHERE row_id = %s",
                [*forged, rows[1]],
            )
        found = broken(acme)
        assert found
        assert (found.position, found.row_id) == (3, forged[0])

    @pytest.mark.parametrize(
        ("change", "what"),
        [
            ("hash = set_byte(hash, 31, get_byte(hash, 31) # 1)", "the seal's hash is not the one"),
            ("marks = set_byte(marks, 8, get_byte(marks, 8) # 1)", "differs in: actor"),
            ("txid = txid - 1", "the seal's place in the log is not the row's"),
            ("v = 9", "the seal's form 9 is not known"),
        ],
    )
    def it_names_a_changed_seal(self, acme: BrandCard, boss: Boss, change: str, what: str) -> None:
        rows = sealed(acme)
        boss.execute(f"UPDATE tenants_auditseal SET {change} WHERE row_id = %s", [rows[2]])
        found = broken(acme)
        assert found
        assert (found.position, found.row_id) == (3, rows[2])
        assert found.what.startswith(what)

    def it_names_the_first_broken_link_of_each_chain(
        self, acme: BrandCard, globex: BrandCard, boss: Boss
    ) -> None:
        sealed(acme, globex)
        boss.execute("UPDATE tenants_auditrow SET reason = 'x' WHERE object LIKE 'queue:%%'")
        assert {found.position for found in verify().broken.values()} == {1}
        assert set(verify().broken) == {acme.id, globex.id}


class DescribeCutTails:
    def it_names_rows_that_were_cut_off(self, acme: BrandCard, boss: Boss) -> None:
        rows = sealed(acme)
        boss.execute("DELETE FROM tenants_auditrow WHERE id = ANY(%s)", [rows[3:]])
        found = broken(acme)
        assert found
        assert (found.position, found.row_id, found.what) == (4, rows[3], "the row is gone")

    def it_names_a_tail_that_was_cut_off_with_its_seals(
        self, acme: BrandCard, globex: BrandCard, boss: Boss
    ) -> None:
        rows = sealed(acme, globex)
        assert anchor_chains() == 2
        seal_all()
        _forget(boss, rows[3:])
        found = broken(acme)
        assert found
        assert (found.position, found.row_id) == (5, None)
        assert found.what.startswith("the chain ends before the anchor of ")
        assert broken(globex) is None
        assert broken(None) is None

    def it_names_a_tail_that_was_written_anew(self, acme: BrandCard, boss: Boss) -> None:
        rows = sealed(acme)
        anchor_chains()
        _forget(boss, rows[3:])
        sealed(acme, count=4)
        found = broken(acme)
        assert found
        assert (found.position, found.row_id) == (5, row_ids(acme)[4])
        assert found.what.startswith("the hash is not that of the anchor of ")

    def it_names_the_providers_own_tail_by_heads_kept_elsewhere(self, boss: Boss) -> None:
        rows = sealed(None)
        kept = list(heads())
        _forget(boss, rows[3:])
        assert verify().broken == {}
        assert verify(noted=kept).broken[None].position == 5


class DescribeAnchors:
    def it_anchors_what_has_grown(self, acme: BrandCard, globex: BrandCard) -> None:
        sealed(acme, globex, None, count=2)
        assert anchor_chains() == 2
        assert anchor_chains() == 0
        seal_all()
        assert anchor_chains() == 0, "an anchor alone asks for no other"
        sealed(acme, count=1)
        assert anchor_chains() == 1
        row = AuditRow.objects.filter(verb="audit.anchored").latest("pk")
        head = AuditSeal.objects.filter(brand_id=acme.id).latest("position")
        assert (row.brand_id, row.object) == (None, f"brand:{acme.id}")
        assert row.diff == {"chain": acme.id, "position": 3, "hash": bytes(head.hash).hex()}

    def it_anchors_once_an_hour(self, acme: BrandCard, boss: Boss) -> None:
        sealed(acme)
        assert anchor_if_due(clock.now()) == 1
        sealed(acme)
        assert anchor_if_due(clock.now()) == 0
        boss.execute(
            "UPDATE tenants_auditrow SET at = at - interval '61 minutes' WHERE verb = 'audit.anchored'"
        )
        assert anchor_if_due(clock.now()) == 1

    def it_passes_over_an_anchor_that_says_nothing(self, acme: BrandCard, boss: Boss) -> None:
        sealed(acme)
        anchor_chains()
        for diff in ("[]", "{}", '{"chain": "x", "position": "y"}'):
            boss.execute("UPDATE tenants_auditrow SET diff = %s WHERE verb = 'audit.anchored'", [diff])
            assert broken(acme) is None


class DescribeCommand:
    def run(self, *words: str) -> str:
        out = StringIO()
        call_command("audit", *words, stdout=out)
        return out.getvalue()

    def it_seals_anchors_and_verifies(self, acme: BrandCard) -> None:
        write(acme, 3)
        assert self.run("seal", "--batch", "2") == "3 rows sealed\n"
        assert self.run("anchor").startswith("1 chains anchored")
        self.run("seal")
        assert self.run("verify") == "provider: 1 links in order\nacme: 3 links in order\n"
        assert self.run("verify", "--brand", "acme") == "acme: 3 links in order\n"
        assert self.run("verify", "--brand", "provider") == "provider: 1 links in order\n"

    def it_names_the_broken_link_and_fails(self, acme: BrandCard, globex: BrandCard, boss: Boss) -> None:
        rows = sealed(acme, globex)
        boss.execute("UPDATE tenants_auditrow SET actor = 'user:2' WHERE id = %s", [rows[1]])
        out = StringIO()
        with pytest.raises(CommandError) as failure:
            call_command("audit", "verify", stdout=out)
        assert failure.value.returncode == 1
        assert f"acme: broken at position 2, row {rows[1]}: differs in: actor\n" in out.getvalue()
        assert self.run("verify", "--brand", "globex") == "globex: 5 links in order\n"

    def it_compares_with_heads_that_were_kept(self, acme: BrandCard, boss: Boss, tmp_path: Path) -> None:
        rows = sealed(acme, None)
        kept = tmp_path / "heads"
        kept.write_text(self.run("heads"))
        assert kept.read_text().startswith("provider 5 ")
        self.run("verify", "--heads", str(kept))
        _forget(boss, rows[4:])
        with pytest.raises(CommandError, match="1 broken"):
            self.run("verify", "--heads", str(kept))

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (["verify", "--brand", "nobody"], "No client has the short name"),
            (["verify", "--heads", "/nowhere/heads"], "cannot be read"),
            (["seal", "--batch", "0"], "1 or more"),
        ],
    )
    def it_refuses_bad_words(self, words: list[str], message: str) -> None:
        with pytest.raises(CommandError, match=message):
            self.run(*words)

    @pytest.mark.parametrize("line", ["acme 3", "acme x 00", "nobody 3 00", ""])
    def it_refuses_a_file_that_holds_no_heads(self, tmp_path: Path, line: str) -> None:
        kept = tmp_path / "heads"
        kept.write_text(f"{line}\n")
        with pytest.raises(CommandError):
            self.run("verify", "--heads", str(kept))


def _forget(boss: Any, rows: list[int]) -> None:
    boss.execute("DELETE FROM tenants_auditrow WHERE id = ANY(%s)", [rows])
    boss.execute("DELETE FROM tenants_auditseal WHERE row_id = ANY(%s)", [rows])
