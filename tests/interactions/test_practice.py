"""Practice customers: sent to a sandbox, they talk by their script, whoever is killed; nowhere else."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.utils.translation import override

from accounts.actor import Actor
from core.errors import NotFound
from interactions import actions as desk
from interactions.choices import DispositionKind, State
from interactions.errors import Invalid
from interactions.models import Disposition, Inbox, Interaction, Message, PracticeCustomer, PracticeRun
from interactions.practice import actions
from interactions.practice.queries import practice_runs, scripts
from interactions.practice.scenarios import SCENARIOS
from interactions.queries import transcript
from interactions.tasks import practise, practise_everywhere
from routing.models import WorkItem
from tenants.cards import BrandCard, card_by_slug
from tenants.choices import BrandKind
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS
from tests.interactions.conftest import make_inbox
from tests.tenants.test_onboarding import WHO, Desk, agents, brand_data, card_of, setup

__all__ = ["agents", "setup"]

AGENT = 7


@pytest.fixture
def sandbox(setup: Desk, agents: tuple[Actor, Actor]) -> BrandCard:
    draft = setup.save(setup.start(kind=BrandKind.SANDBOX), "brand", brand_data(locales=["en", "sv"]))
    return card_of(setup.build(draft))


def send(card: BrandCard, count: int = 1, minutes: int = 0, *, ref: UUID | None = None) -> UUID:
    with tenant_scope(card, TESTS):
        run = actions.send_practice(ref or uuid4(), count=count, minutes=minutes, actor=WHO, now=NOW)
        return run.ref


def work(card: BrandCard, *, at: float = 0) -> int:
    """What the worker does, so many seconds after NOW."""
    with tenant_scope(card, TESTS):
        return actions.practise(now=later(at))


def arrived(card: BrandCard) -> int:
    with tenant_scope(card, TESTS):
        return int(Interaction.objects.count())


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def play(card: BrandCard, scenario: str) -> None:
    with tenant_scope(card, TESTS):
        PracticeCustomer.objects.update(scenario=scenario)


def talk(card: BrandCard) -> Interaction:
    with tenant_scope(card, TESTS):
        row: Interaction = Interaction.objects.get()
    return row


def said(card: BrandCard) -> list[str]:
    with tenant_scope(card, TESTS):
        return list(Message.objects.filter(direction="in").order_by("seq").values_list("body", flat=True))


def answer(card: BrandCard, *, at: float) -> None:
    """Take the conversation if it waits, and answer."""
    row = talk(card)
    with tenant_scope(card, TESTS):
        if row.state == State.QUEUED:
            desk.assign(row.ref, agent_id=AGENT, agent_shown="Amy", now=later(at))
        desk.send_reply(
            row.ref, agent_id=AGENT, author_shown="Amy", client_id=uuid4(), body="One moment.",
            last_seq=transcript(row.ref)[-1].seq, now=later(at),
        )  # fmt: skip


class DescribeTalk:
    def it_says_a_line_for_each_answer_and_ends(self, sandbox: BrandCard) -> None:
        send(sandbox)
        play(sandbox, "question")
        assert work(sandbox) == 1
        for turn in range(1, 4):
            assert work(sandbox, at=turn * 60) == 0
            answer(sandbox, at=turn * 60 + 1)
            assert work(sandbox, at=turn * 60 + 2) == 0, "reads and types first"
            assert len(said(sandbox)) == turn
            assert work(sandbox, at=turn * 60 + 30) == 1
            assert len(said(sandbox)) == turn + 1
        assert talk(sandbox).state == State.ACTIVE
        assert work(sandbox, at=240) == 1
        assert talk(sandbox).state == State.WRAP_UP
        assert work(sandbox, at=900) == 0

    def it_writes_in_the_languages_of_the_sandbox(self, sandbox: BrandCard) -> None:
        send(sandbox, 2)
        work(sandbox)
        with tenant_scope(sandbox, TESTS):
            reasons = list(
                Disposition.objects.filter(kind=DispositionKind.REASON, not_a_contact=False)
                .order_by("position")
                .values_list("label", flat=True)
            )
            rows = list(PracticeCustomer.objects.select_related("interaction").order_by("n"))
        assert [row.language for row in rows] == ["en", "sv"]
        for row, text in zip(rows, said(sandbox), strict=True):
            assert row.interaction
            assert row.interaction.language == row.language
            with override(row.language):
                assert text == SCENARIOS[row.scenario].line(0, reason=reasons[row.n % len(reasons)])

    def it_counts_as_a_test_and_waits_in_the_line(self, sandbox: BrandCard) -> None:
        send(sandbox)
        work(sandbox)
        row = talk(sandbox)
        assert (row.is_test, row.waits, row.state) == (True, True, State.QUEUED)
        assert WorkItem.objects.get(brand_id=sandbox.id).is_test

    def it_leaves_without_an_answer_when_its_patience_is_over(self, sandbox: BrandCard) -> None:
        send(sandbox)
        play(sandbox, "hurry")
        work(sandbox)
        assert work(sandbox, at=89) == 0
        assert work(sandbox, at=90) == 1
        assert talk(sandbox).state == State.ABANDONED
        assert not WorkItem.objects.live().filter(brand_id=sandbox.id).exists()

    def it_is_over_when_the_agent_ends_it(self, sandbox: BrandCard) -> None:
        send(sandbox)
        work(sandbox)
        answer(sandbox, at=1)
        with tenant_scope(sandbox, TESTS):
            desk.begin_wrap_up(talk(sandbox).ref, agent_id=AGENT, now=later(2))
        assert work(sandbox, at=600) == 0
        assert len(said(sandbox)) == 1
        with tenant_scope(sandbox, TESTS):
            assert practice_runs()[0].going_on == 0

    def it_masks_the_card_number_that_a_customer_sends(self, sandbox: BrandCard) -> None:
        send(sandbox)
        play(sandbox, "card")
        work(sandbox)
        answer(sandbox, at=1)
        work(sandbox, at=2)
        work(sandbox, at=60)
        assert "4111" not in said(sandbox)[1]


class DescribeSending:
    def it_spreads_them_over_the_minutes(self, sandbox: BrandCard) -> None:
        send(sandbox, 4, 2)
        came = []
        for seconds in (0, 29, 30, 60, 90, 120):
            work(sandbox, at=seconds)
            came.append(arrived(sandbox))
        assert came == [1, 1, 2, 3, 4, 4]
        assert AuditRow.objects.get(verb="sandbox.practised").diff == {"customers": 4, "minutes": 2}

    def it_writes_to_every_entrance_in_turn(self, sandbox: BrandCard) -> None:
        send(sandbox, 4)
        work(sandbox)
        with tenant_scope(sandbox, TESTS):
            assert set(Interaction.objects.values_list("inbox_id", flat=True)) == set(
                Inbox.objects.values_list("pk", flat=True)
            )

    def it_sends_once_what_is_sent_twice(self, sandbox: BrandCard) -> None:
        ref = send(sandbox, 2)
        assert send(sandbox, 5, ref=ref) == ref
        assert work(sandbox) == 2
        assert AuditRow.objects.filter(verb="sandbox.practised").count() == 1

    @pytest.mark.parametrize(
        ("count", "minutes", "at"),
        [(0, 0, "count"), (21, 0, "count"), (1, -1, "minutes"), (1, 121, "minutes")],
    )
    def it_is_bounded(self, sandbox: BrandCard, count: int, minutes: int, at: str) -> None:
        with pytest.raises(Invalid) as caught:
            send(sandbox, count, minutes)
        assert list(caught.value.errors) == [at]

    def it_never_has_more_than_so_many_at_once(self, sandbox: BrandCard) -> None:
        send(sandbox, 15, 60)
        with pytest.raises(Invalid, match="saved"):
            send(sandbox, 6)
        send(sandbox, 5)

    def it_says_what_became_of_each(self, sandbox: BrandCard) -> None:
        send(sandbox, 2, 4)
        work(sandbox)
        answer(sandbox, at=1)
        with tenant_scope(sandbox, TESTS):
            (run,) = practice_runs()
        assert [(one.words, one.agent) for one in run.customers] == [("Talks", "Amy"), ("Not here yet", "")]
        assert (run.going_on, run.customers[1].comes_at) == (2, later(120))


class DescribeStop:
    def it_lets_who_waits_leave_and_who_talks_go_on(self, sandbox: BrandCard) -> None:
        ref = send(sandbox)
        work(sandbox)
        answer(sandbox, at=1)
        second = send(sandbox, 2, 10)
        work(sandbox, at=2)
        for run in (ref, second, second):
            with tenant_scope(sandbox, TESTS):
                actions.stop_practice(run, actor=WHO, now=later(3))
        with tenant_scope(sandbox, TESTS):
            states = list(Interaction.objects.order_by("pk").values_list("state", flat=True))
        assert states == [State.ACTIVE, State.ABANDONED]
        assert work(sandbox, at=60) == 1, "the one who talks"
        work(sandbox, at=700)
        assert arrived(sandbox) == 2, "nobody else came"
        assert AuditRow.objects.filter(verb="sandbox.practice_stopped").count() == 2

    def it_knows_no_run_of_another_sandbox(self, sandbox: BrandCard) -> None:
        with tenant_scope(sandbox, TESTS), pytest.raises(NotFound):
            actions.stop_practice(uuid4(), actor=WHO, now=NOW)


class DescribeWorker:
    def it_goes_on_after_a_kill(self, sandbox: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
        """Killed between the message and the row, neither is there; the next sweep does both, once."""
        send(sandbox)
        with monkeypatch.context() as patch:
            patch.setattr(PracticeCustomer, "save", dies)
            assert work(sandbox) == 0
        with tenant_scope(sandbox, TESTS):
            assert not Interaction.objects.exists()
            assert PracticeCustomer.objects.get().due_at == NOW
        assert work(sandbox, at=5) == 1
        assert work(sandbox, at=5) == 0
        assert len(said(sandbox)) == 1

    def it_lets_the_others_go_on(self, sandbox: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
        send(sandbox, 3)
        with tenant_scope(sandbox, TESTS):
            broken = PracticeCustomer.objects.earliest("pk").pk
        real = actions._go_on

        def go_on(row: PracticeCustomer, *, now: datetime) -> datetime | None:
            if row.pk == broken:
                dies()
            return real(row, now=now)

        monkeypatch.setattr(actions, "_go_on", go_on)
        assert work(sandbox) == 2

    def it_is_asked_for_in_every_sandbox(self, sandbox: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[str] = []
        monkeypatch.setattr("interactions.tasks.enqueue", lambda task, brand: asked.append(brand.slug))
        practise_everywhere.apply().get()
        assert asked == [sandbox.slug]


def dies(*args: object, **kwargs: object) -> None:
    raise ZeroDivisionError


class DescribeElsewhere:
    """A brand that is no sandbox: whatever stands in its tables, nobody writes."""

    def it_sends_nobody(self, acme: BrandCard, db: None) -> None:
        with tenant_scope(acme, TESTS):
            make_inbox()
            with pytest.raises(NotFound):
                actions.send_practice(uuid4(), count=1, minutes=0, actor=WHO, now=NOW)
            assert not PracticeRun.objects.exists()

    def it_does_nothing_of_rows_that_somebody_planted(self, acme: BrandCard, db: None) -> None:
        with tenant_scope(acme, TESTS):
            run = PracticeRun.objects.create(size=1, minutes=0, started_by="x", started_at=NOW)
            PracticeCustomer.objects.create(
                run=run, n=0, scenario="question", name="Kim", language="en", inbox=make_inbox(), due_at=NOW
            )
            for verb in (
                lambda: actions.practise(now=NOW),
                lambda: actions.stop_practice(run.ref, actor=WHO, now=NOW),
            ):
                with pytest.raises(NotFound):
                    verb()
            assert not Interaction.objects.exists()
        with pytest.raises(NotFound):
            practise.apply(kwargs={"brand_id": acme.id}).get()


def it_has_a_script_for_the_simulation(sandbox: BrandCard) -> None:
    card = card_by_slug(sandbox.slug)
    assert card
    with tenant_scope(card, TESTS):
        found = scripts(card)
    assert len(found) == len(SCENARIOS)
    assert all(line and "%" not in line for lines in found for line in lines)
