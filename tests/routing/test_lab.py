"""The lab plays days through the real matcher: the same each time, nothing lost, Erlang's formula met."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.actor import Actor
from routing import actions
from routing.lab.day import Contact, Day, Person, Queue
from routing.lab.erlang import mean_wait, service_level, waits
from routing.lab.making import SHAPES, make_day
from routing.lab.measures import measure
from routing.lab.play import RING, Play, play
from routing.lab.replay import replayed_day
from routing.lab.report import compare, cross_check, interval, losses, table
from routing.lab.strategies import DEFAULT, STRATEGIES
from routing.models import WorkItem
from routing.penalty import Terms
from routing.router import step
from tenants.cards import BrandCard
from tests.routing.conftest import at, close, go_available, ring, stay, write_in

SMALL = 12


class DescribeDay:
    def it_is_the_same_for_a_seed_and_another_for_another(self) -> None:
        assert make_day(1, people=SMALL) == make_day(1, people=SMALL)
        assert make_day(1, people=SMALL) != make_day(2, people=SMALL)
        assert len({len(make_day(1, shape, people=SMALL).contacts) for shape in SHAPES}) == len(SHAPES)

    @pytest.mark.parametrize("name", STRATEGIES)
    def it_is_played_to_its_end(self, name: str) -> None:
        day = make_day(3, "flood", people=SMALL)
        played = play(day, STRATEGIES[name])
        assert played.waited.keys() | played.left.keys() == {contact.id for contact in day.contacts}
        assert not played.waited.keys() & played.left.keys()
        assert all(played.busy[agent] <= there + 3600 * 4 for agent, there in played.there.items())
        assert min(played.waited.values()) >= RING
        assert play(day, STRATEGIES[name]).waited == played.waited

    def it_gives_nobody_more_than_they_have_room_for(self) -> None:
        seen: list[bool] = []

        def look(game: Play) -> None:
            seen.append(all(0 <= seat.used <= seat.cap for seat in game.seats.values()))

        play(make_day(1, people=SMALL), STRATEGIES[DEFAULT], seen=look)
        assert seen
        assert all(seen)

    def it_counts_what_contracts_owe(self) -> None:
        terms = Terms(80, "day", ((80, 10), (50, 70)))
        contacts = tuple(Contact(n, 1, float(n), 600.0, 100.0) for n in range(1, 5))
        day = Day(
            "one", 3600, (Queue(1, 1, 30, 100, "voice", terms),), (Person(1, ((0, 7200),), {1: 1}),), contacts
        )  # noqa: E501
        found = measure(play(day, STRATEGIES[DEFAULT]))
        assert (found.level, found.cost, found.left) == (25.0, 70.0, 75.0)
        patient = replace(day, contacts=contacts[:1])
        assert measure(play(patient, STRATEGIES[DEFAULT])).cost == 0


class DescribeComparison:
    def it_sets_strategies_side_by_side_and_names_where_each_loses(self) -> None:
        days = [make_day(seed, "short", people=SMALL) for seed in range(1, 6)]
        results = compare(days, [DEFAULT, "fifo", "penalty"], said=lambda words: None)
        lines = table(results).splitlines()
        assert [line.split(" | ")[0] for line in lines[2:]] == ["| default", "| fifo", "| penalty"]
        assert {loss.strategy for loss in losses(days, results)} <= {"fifo", "penalty"}
        mean, low, high = interval([one.level for one in results[DEFAULT]])
        assert low <= mean <= high

    def it_costs_less_by_contract_than_first_come_first_served(self) -> None:
        days = [make_day(seed, "short") for seed in range(1, 4)]
        results = compare(days, ["fifo", "penalty"], said=lambda words: None)
        assert sum(one.cost for one in results["penalty"]) < sum(one.cost for one in results["fifo"])


class DescribeErlang:
    def it_knows_published_values(self) -> None:
        """400 calls an hour of 240 s, 32 agents: level 84.85 % in 20 s, answer in 10.6 s (PERFORMANCE.md)."""
        load = 400 * 240 / 3600
        assert service_level(load, 32, 240, 20) == pytest.approx(0.8485, abs=1e-3)
        assert mean_wait(load, 32, 240) == pytest.approx(10.6, abs=0.05)
        assert waits(2, 1) == 1.0

    def it_agrees_with_a_plain_line(self) -> None:
        assert [one.agrees for one in cross_check()] == [True, True]


@pytest.mark.usefixtures("queues")
class DescribeReplay:
    def it_plays_a_day_that_was(self, acme: BrandCard, globex: BrandCard, ada: Actor) -> None:
        go_available(ada)
        item, test = write_in(acme), write_in(globex, now=at(1))
        WorkItem.objects.filter(pk=test.pk).update(is_test=True)
        stay(item)
        step(at(2))
        actions.accept_offer(ring(item).ref, actor=ada, now=at(5))
        close(acme, ada, item.interaction_ref, now=at(65))
        day = replayed_day("then", at(-10), at(0) + timedelta(hours=1))
        (contact,), (person,) = day.contacts, day.people
        assert (contact.id, contact.at, contact.handle) == (item.pk, 10.0, 60.0)
        assert (person.id, set(person.queues)) == (ada.user_id, {item.queue_id, test.queue_id})
        assert measure(play(day, STRATEGIES[DEFAULT])).level == 100.0

    def it_prints_a_table(self) -> None:
        out = StringIO()
        call_command("routing_lab", "--shapes", "even", "--strategies", "default", "--no-erlang", stdout=out)
        assert "even: A day as planned" in out.getvalue()
        assert "| default | " in out.getvalue()

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            (["--seeds", "2"], "fewer"), (["--shapes", "moon"], "Not known"),
            (["--strategies", "luck"], "Not known"), (["--replay", "2001-01-01"], "nobody came"),
            (["--replay", "2001-01-01", "--zone", "Nowhere/Land"], "no zone"),
        ],
    )  # fmt: skip
    def it_refuses_what_it_cannot_play(self, said: list[str], words: str) -> None:
        with pytest.raises(CommandError, match=words):
            call_command("routing_lab", *said)
