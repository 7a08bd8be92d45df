"""A file of people: a report by line, then all of it or nothing; the same file twice changes nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.access import actor_for
from accounts.actor import Actor
from accounts.choices import Role
from accounts.models import Membership, User
from core.errors import NotFound
from core.ids import new_ref
from routing.actions import Profile, save_profile
from routing.models import AgentCapacity, AgentLimit
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tests.factories import NOW, make_agent
from tests.workforce.conftest import at
from tests.workforce.staff.conftest import Pool
from workforce.choices import ImportState
from workforce.errors import ImportRefused
from workforce.models import Agent, AgentSkill, AgentState, Certification, StaffImport, StateInterval
from workforce.queries import certified
from workforce.staff import importing
from workforce.staff.loading import load_names
from workforce.staff.planning import Plan

HEAD = "mail,name,employee number,team,site,languages,skills,brands\n"
INES = "ines@example.test,Inês Caradec,H1,Night,Porto,pt;en,billing:4;portuguese:5,acme:2026-1;globex\n"


def hand_in(text: str) -> StaffImport:
    return importing.hand_in(text.encode(), filename="people.csv", actor="test", now=NOW)


def plans(text: str) -> list[Plan]:
    return importing.look(hand_in(text), now=NOW)


def troubles(text: str) -> list[tuple[int, str, str]]:
    return [(one.number, t.field, str(t.words)) for one in plans(text) for t in one.troubles]


def put_in(text: str, *, seconds: float = 1) -> dict[str, int]:
    return importing.import_file(hand_in(text).ref, actor="user:1", now=at(seconds))


def everything() -> list[list[Any]]:
    """All rows that an import may write, but for the trail."""
    models = (User, Agent, AgentState, StateInterval, AgentSkill, Membership, Certification)
    return [list(model.objects.order_by("pk").values_list()) for model in models]


def it_makes_a_person_whole(pool: Pool, acme: BrandCard, globex: BrandCard) -> None:
    assert put_in(HEAD + INES) == {"create": 1, "update": 0, "unchanged": 0, "error": 0}
    agent = Agent.objects.select_related("user").get(employee_no="H1")
    assert agent.user.name == "Inês Caradec"
    assert not agent.user.has_usable_password()
    assert (agent.team, agent.site, agent.languages) == (pool.night, pool.porto, ["pt", "en"])
    assert dict(agent.skills.values_list("skill__code", "level")) == {"billing": 4, "portuguese": 5}
    assert dict(certified(at(2)).filter(agent=agent).values_list("brand_id", "version")) == {
        acme.id: "2026-1", globex.id: "1",
    }  # fmt: skip
    actor = actor_for(agent.pk, now=at(2))
    assert actor
    assert actor.brand_ids(Role.AGENT) == tuple(sorted((acme.id, globex.id)))
    assert StateInterval.objects.filter(agent=agent, ended_at=None).count() == 1


def it_writes_nothing_while_it_looks(pool: Pool, acme: BrandCard, globex: BrandCard) -> None:
    before = everything()
    assert [one.outcome for one in plans(HEAD + INES)] == ["create"]
    assert everything() == before


def it_lists_the_files_the_last_first(pool: Pool) -> None:
    handed_in = [hand_in(HEAD + INES).ref for _ in range(3)]  # in the same instant
    assert [row.ref for row in importing.newest_imports(2)] == handed_in[:0:-1]


def it_is_idempotent(pool: Pool, acme: BrandCard, globex: BrandCard) -> None:
    put_in(HEAD + INES)
    before, trail = everything(), AuditRow.objects.count()
    assert put_in(HEAD + INES, seconds=60)["unchanged"] == 1
    assert everything() == before
    assert AuditRow.objects.count() == trail + 1  # that a file was imported


def it_changes_what_a_cell_names_and_leaves_the_rest(pool: Pool, acme: BrandCard, globex: BrandCard) -> None:
    put_in(HEAD + INES)
    assert put_in("mail,name,skills\nINES@example.test,,billing:5\n", seconds=60)["update"] == 1
    agent = Agent.objects.select_related("user").get(employee_no="H1")
    assert (agent.user.name, agent.team) == ("Inês Caradec", pool.night)
    assert dict(agent.skills.values_list("skill__code", "level")) == {"billing": 5}
    row = AuditRow.objects.get(verb="agent.changed", object=f"user:{agent.pk}")
    assert row.diff == {"skills.billing": [4, 5], "skills.portuguese": [5, None]}


def it_clears_with_a_dash(pool: Pool, acme: BrandCard, globex: BrandCard) -> None:
    put_in(HEAD + INES)
    put_in(HEAD + "ines@example.test,,,-,-,-,-,-\n", seconds=60)
    agent = Agent.objects.get(employee_no="H1")
    assert (agent.team, agent.site, agent.languages, agent.skills.count()) == (None, None, [], 0)
    actor = actor_for(agent.pk, now=at(61))
    assert actor
    assert actor.memberships == ()
    assert not certified(at(61)).filter(agent=agent).exists()


def it_takes_and_gives_brands_and_versions(pool: Pool, acme: BrandCard, globex: BrandCard) -> None:
    put_in(HEAD + INES)
    put_in("mail,brands\nines@example.test,acme:2026-2\n", seconds=60)
    agent = Agent.objects.get(employee_no="H1")
    assert list(certified(at(61)).filter(agent=agent).values_list("brand_id", "version")) == [
        (acme.id, "2026-2")
    ]
    older = Certification.objects.get(agent=agent, version="2026-1")
    assert older.valid_until == at(60)
    verbs = AuditRow.objects.filter(object=f"user:{agent.pk}", at=at(60)).values_list("verb", "brand_id")
    assert set(verbs) == {
        ("agent.changed", None), ("membership.revoked", globex.id), ("agent.certified", acme.id),
        ("agent.uncertified", globex.id),
    }  # fmt: skip


def it_makes_an_agent_of_who_signs_in_already(pool: Pool, outsider: Actor) -> None:
    put_in("mail,employee number\noutsider@example.test,H9\n")
    agent = Agent.objects.select_related("user").get(pk=outsider.user_id)
    assert agent.user.name == "Outsider Berg"
    assert agent.user.has_usable_password()


def it_finds_the_team_by_the_site(pool: Pool) -> None:
    one = "mail,name,employee number,team,site\n"
    put_in(one + "a@example.test,A,1,night,malmö\nb@example.test,B,2,Night,PORTO\n")
    assert Agent.objects.get(employee_no="1").team == pool.southern
    assert Agent.objects.get(employee_no="2").team == pool.night
    assert "name the site too" in troubles(one + "c@example.test,C,3,Night,\n")[0][2]


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("no address,N,1,,,,,", "mail", "Not an e-mail"),
        ("n@example.test,,1,,,,,", "name", "new person needs it"),
        ("n@example.test,N,,,,,,", "employee number", "new person needs it"),
        ("n@example.test,N,1,Nowhere,,,,", "team", "no team"),
        ("n@example.test,N,1,,Nowhere,,,", "site", "no site"),
        ("n@example.test,N,1,,,klingon,,", "languages", "no language code"),
        ("n@example.test,N,1,,,,juggling:3,", "skills", "no skill"),
        ("n@example.test,N,1,,,,billing:6,", "skills", "no level"),
        ("n@example.test,N,1,,,,billing:²,", "skills", "no level"),
        ("n@example.test,N,1,,,,billing:1;Billing:2,", "skills", "is there twice"),
        ("n@example.test,N,1,,,,,nobody", "brands", "no client"),
        ("n@example.test,N,1,,,,,acme;ACME", "brands", "is there twice"),
        ("n@example.test,N,1,,,,,acme:" + "9" * 33, "brands", "Longer than 32"),
        ('n@example.test,"N\nM",1,,,,,', "name", "cannot be read"),
        ("n@example.test," + "N" * 151 + ",1,,,,,", "name", "Longer than 150"),
        ("n@example.test,N,1,,,,,,surplus", "", "more cells"),
    ],
)
def it_says_what_is_wrong_with_a_line(
    pool: Pool, acme: BrandCard, line: str, column: str, words: str
) -> None:
    (number, where, said), *rest = troubles(HEAD + line + "\n")
    assert (where, rest) == (column, [])
    assert number >= 2
    assert words in said


def it_finds_who_is_there_twice(pool: Pool, ada: Actor) -> None:
    number = Agent.objects.get(pk=ada.user_id).employee_no
    found = troubles(
        f"mail,name,employee number\na@example.test,A,1\nA@example.test,B,2\nc@example.test,C,1\n"
        f"d@example.test,D,{number}\n"
    )
    assert [(line, column) for line, column, _ in found] == [
        (3, "mail"), (4, "employee number"), (5, "employee number"),
    ]  # fmt: skip
    assert "ada@example.test" in found[2][2]


def it_imports_all_or_nothing(pool: Pool, acme: BrandCard, globex: BrandCard) -> None:
    row, before = hand_in(HEAD + INES + "n@example.test,,,,,,,\n"), everything()
    assert row.counts == {"create": 1, "update": 0, "unchanged": 0, "error": 1}
    with pytest.raises(ImportRefused, match="Nothing was imported"):
        importing.import_file(row.ref, actor="test", now=at(1))
    assert everything() == before


def it_reads_the_tables_again_when_it_imports(pool: Pool, acme: BrandCard, globex: BrandCard) -> None:
    row = hand_in(HEAD + INES)
    put_in("mail,name,employee number\nother@example.test,Other,H1\n")
    with pytest.raises(ImportRefused):
        importing.import_file(row.ref, actor="test", now=at(2))


def it_imports_a_file_once_and_forgets_it(pool: Pool, acme: BrandCard, globex: BrandCard) -> None:
    row = hand_in(HEAD + INES)
    importing.import_file(row.ref, actor="test", now=at(1))
    row.refresh_from_db()
    assert (row.state, row.text) == (ImportState.IMPORTED, "")
    with pytest.raises(ImportRefused, match="already"):
        importing.import_file(row.ref, actor="test", now=at(2))
    with pytest.raises(NotFound):
        importing.import_file(new_ref(), actor="test", now=at(2))


def it_keeps_the_file_sealed_and_for_a_day(pool: Pool) -> None:
    row = hand_in("mail,name,employee number\nsecret@example.test,S,1\n")
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM workforce_staffimport WHERE id = %s", [row.pk])
        assert "secret" not in cursor.fetchone()[0]
    assert importing.forget_files(at(3600)) == 0
    assert importing.forget_files(at(86_400)) == 1
    with pytest.raises(ImportRefused, match="forgotten"):
        importing.import_file(row.ref, actor="test", now=at(86_401))


def it_refuses_who_has_left(pool: Pool, ada: Actor) -> None:
    Agent.objects.filter(pk=ada.user_id).update(left_on=NOW.date())
    assert "has left" in troubles("mail,name\nada@example.test,Ada\n")[0][2]


@contextmanager
def sent() -> Iterator[list[str]]:
    """Collect the statements without their rows, which Django's own log would write out once more."""
    statements: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield statements


@contextmanager
def reading_whole_tables() -> Iterator[None]:
    with connection.cursor() as cursor:
        for way in ("index", "indexonly", "bitmap"):
            cursor.execute(f"SET LOCAL enable_{way}scan = off")
        yield
        for way in ("index", "indexonly", "bitmap"):
            cursor.execute(f"SET LOCAL enable_{way}scan = on")


def it_takes_ten_thousand_lines_with_few_statements(pool: Pool, acme: BrandCard, globex: BrandCard) -> None:
    lines = [
        f"p{n}@example.test,Person {n},N{n},Nordic desk,Malmö,en;sv,billing:3,acme;globex\n"
        for n in range(10_000)
    ]
    with reading_whole_tables():  # the plans of foreign keys are made as for a table that is small yet
        for n in range(8):
            make_agent(f"early{n}@example.test", acme)
            connection.check_constraints()
    with sent() as made:
        assert put_in(HEAD + "".join(lines))["create"] == 10_000
    assert len(made) <= 250
    with connection.cursor() as cursor:  # as a commit does: by far less than a statement may take
        cursor.execute("SET LOCAL statement_timeout = '15s'")
        connection.check_constraints()
        cursor.execute("SET LOCAL statement_timeout = '30s'")
    text = HEAD + "".join(lines[:2_000])
    with sent() as same:
        assert put_in(text, seconds=60)["unchanged"] == 2_000
    assert len(same) <= 40
    changed = text.replace("billing:3,acme;globex", "billing:4;portuguese:1,acme").replace("Person", "P.")
    with sent() as altered:
        assert put_in(changed, seconds=120)["update"] == 2_000
    assert len(altered) <= 90
    connection.check_constraints()
    seats = Membership.objects.filter(brand_id=globex.id, role=Role.AGENT, state="active")
    assert seats.count() == 8_000
    names = User.objects.filter(email__in=("p1999@example.test", "p2000@example.test")).order_by("pk")
    assert list(names.values_list("name", flat=True)) == ["P. 1999", "Person 2000"]


def it_is_not_ended_while_it_computes(pool: Pool, acme: BrandCard, globex: BrandCard) -> None:
    """Ten thousand lines take longer between two statements than a page may, on a machine that is busy."""
    put_in(HEAD + INES)
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("5min",)


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        path = tmp_path / "people.csv"
        path.write_text(text)
        return str(path)

    return write


class DescribeCommand:
    def it_only_says_what_it_would_do(
        self, pool: Pool, acme: BrandCard, globex: BrandCard, file_of: Callable[[str], str]
    ) -> None:
        out, before = StringIO(), everything()
        call_command("import_staff", file_of(HEAD + INES), "--dry-run", stdout=out)
        assert "line 2: create ines@example.test" in out.getvalue()
        assert "create 1" in out.getvalue()
        assert everything() == before

    def it_imports(
        self, pool: Pool, acme: BrandCard, globex: BrandCard, file_of: Callable[[str], str]
    ) -> None:
        call_command("import_staff", file_of(HEAD + INES), stdout=StringIO())
        assert Agent.objects.filter(employee_no="H1").exists()

    def it_says_every_line_that_is_wrong(self, pool: Pool, file_of: Callable[[str], str]) -> None:
        out = StringIO()
        with pytest.raises(CommandError, match="Nothing was imported"):
            call_command("import_staff", file_of("mail\nx\ny\n"), stdout=out)
        assert "line 2: mail: Not an e-mail address." in out.getvalue()
        assert "line 3: mail: Not an e-mail address." in out.getvalue()

    def it_refuses_what_is_no_file_of_people(self, db: None, file_of: Callable[[str], str]) -> None:
        with pytest.raises(CommandError, match="empty"):
            call_command("import_staff", file_of(""))


@pytest.mark.django_db(transaction=True)
def it_leaves_nothing_behind_when_it_breaks(
    pool: Pool, acme: BrandCard, globex: BrandCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, before = hand_in(HEAD + INES), everything()

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("killed here")

    monkeypatch.setattr("routing.receivers.actions.welcome", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        importing.import_file(row.ref, actor="test", now=at(1))
    monkeypatch.undo()
    assert everything() == before
    assert importing.import_file(row.ref, actor="test", now=at(2))["create"] == 1


class DescribeFirstDay:
    HEAD = "mail,name,employee number,hired on\n"

    def it_is_the_day_of_the_import_without_one(self, pool: Pool) -> None:
        put_in(self.HEAD + "ines@example.test,Inês,H1,\n")
        assert Agent.objects.get(employee_no="H1").hired_on == at(1).date()

    def it_is_taken_from_the_file_and_changed_by_it(self, pool: Pool) -> None:
        put_in(self.HEAD + "ines@example.test,Inês,H1,2024-02-29\n")
        assert Agent.objects.get(employee_no="H1").hired_on == date(2024, 2, 29)
        line = self.HEAD + "ines@example.test,,,2025-03-01\n"
        (plan,) = plans(line)
        assert plan.change
        assert load_names().differences(plan.change) == [("hired on", "2024-02-29", "2025-03-01")]
        put_in(line, seconds=60)
        assert Agent.objects.get(employee_no="H1").hired_on == date(2025, 3, 1)
        row = AuditRow.objects.filter(verb="agent.changed").latest("id")
        assert row.diff == {"hired_on": ["2024-02-29", "2025-03-01"]}
        assert put_in(line, seconds=90)["unchanged"] == 1

    @pytest.mark.parametrize("cell", ["2025-02-30", "01.03.2025", "20250301", "-", "1066-10-14", "soon"])
    def it_names_the_line_of_what_is_no_day(self, pool: Pool, cell: str) -> None:
        ((number, column, words),) = troubles(self.HEAD + f"ines@example.test,Inês,H1,{cell}\n")
        assert (number, column) == (2, "hired on")
        assert cell in words


class DescribeLimits:
    """How many at once of a channel or client, and how much of a person one takes."""

    FOUR = "mail,channel limits,brand limits,channel weights,brand weights\n"

    def rows(self) -> set[tuple[Any, ...]]:
        found = AgentLimit.objects.filter(agent__employee_no="H1")
        return set(found.values_list("channel", "brand_id", "at_once", "weight"))

    def it_writes_what_the_router_goes_by(self, pool: Pool, acme: BrandCard, globex: BrandCard) -> None:
        head = HEAD.strip() + ",channel limits,brand limits,channel weights,brand weights\n"
        put_in(head + INES.strip() + ",webchat:3;task:0,acme:2,webchat:50,acme:150;globex:100\n")
        assert self.rows() == {
            ("webchat", None, 3, 50), ("task", None, 0, None),
            ("", acme.id, 2, 150), ("", globex.id, None, 100),
        }  # fmt: skip
        (row,) = AuditRow.objects.filter(verb="agent.profile_changed")
        assert row.diff["weights.webchat"] == [None, 50]

    def it_changes_what_a_cell_names_and_leaves_the_rest(
        self, pool: Pool, acme: BrandCard, globex: BrandCard
    ) -> None:
        put_in(HEAD + INES)
        agent = Agent.objects.get(employee_no="H1")
        save_profile(
            agent.pk, Profile(68, {"webchat": 2}, brand_weights={globex.id: 50}), actor="user:1", now=at(2)
        )
        (plan,) = plans(self.FOUR + "ines@example.test,,,webchat:80,acme:70\n")
        assert plan.change
        assert load_names().differences(plan.change) == [
            ("channel weights", "", "webchat:80"), ("brand weights", "globex:50", "acme:70"),
        ]  # fmt: skip
        text = self.FOUR + "ines@example.test,,,webchat:80,acme:70\n"
        assert [put_in(text, seconds=one)["update"] for one in (60, 61)] == [1, 0]
        assert self.rows() == {("webchat", None, 2, 80), ("", acme.id, None, 70)}
        assert AgentCapacity.objects.get(pk=agent.pk).full_cap == 68
        assert not AuditRow.objects.filter(verb="agent.changed").exists()
        put_in(self.FOUR + "ines@example.test,-,,-,-\n", seconds=90)
        assert self.rows() == set()

    @pytest.mark.parametrize(
        ("cells", "column"),
        [
            (",telex:1,,,", "channel limits"), (",webchat:21,,,", "channel limits"),
            (",webchat,,,", "channel limits"), (",,nobody:1,,", "brand limits"),
            (",,,webchat:9,", "channel weights"), (",,,,acme:301", "brand weights"),
            (",,,,acme:50;acme:60", "brand weights"),
        ],
    )  # fmt: skip
    def it_refuses_what_is_no_limit(
        self, pool: Pool, acme: BrandCard, globex: BrandCard, cells: str, column: str
    ) -> None:
        put_in(HEAD + INES)
        ((number, where, _words),) = troubles(self.FOUR + f"ines@example.test{cells}\n")
        assert (number, where) == (2, column)

    def it_takes_few_statements_for_many(self, pool: Pool, acme: BrandCard, globex: BrandCard) -> None:
        """Far less than one for each person more."""

        def counted(first: int, many: int) -> int:
            people = "".join(
                f"p{n}@example.test,P {n},N{n},,,,,acme,webchat:50\n" for n in range(first, first + many)
            )
            with sent() as statements:
                put_in(HEAD.strip() + ",channel weights\n" + people)
            return len(statements)

        counted(0, 1)
        assert counted(100, 30) - counted(200, 3) < 10
        assert AgentLimit.objects.filter(weight=50).count() == 34
