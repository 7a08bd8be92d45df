"""The operators' verbs: pools, members, what is served, profiles, ramps, manners. Words, trail, refusals."""

from datetime import date
from typing import Any

import pytest

from accounts.actor import Actor
from core.errors import NotFound, RoomError
from interactions import actions as interactions
from routing import actions
from routing.actions import Profile
from routing.choices import PoolKind
from routing.errors import Invalid
from routing.models import AgentCapacity, AgentLimit, Pool, PoolMember, PoolQueue, QueuePlan, Ramp
from routing.ramps import percent_on, step_errors
from routing.router import step
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS
from tests.routing.conftest import asked, at, go_available, queue_of, write_in
from workforce.models import Agent, Site, Team

pytestmark = pytest.mark.usefixtures("queues")
WHO: dict[str, Any] = {"actor": "user:1", "now": NOW}
TEAM: dict[str, Any] = {"name": "Team", "kind": "burst", "brand_id": None}


def verbs() -> list[str]:
    kept = ("pool.", "agent.profile", "ramp.", "queue.manner", "routing.")
    rows = AuditRow.objects.order_by("pk").values_list("verb", flat=True)
    return [verb for verb in rows if verb.startswith(kept)]


class DescribePools:
    def it_makes_renames_and_retires(self, acme: BrandCard, ada: Actor) -> None:
        pool = actions.save_pool(**TEAM, **WHO)
        actions.save_pool(pool.pk, name="Night", kind="", brand_id=None, **WHO)
        member = actions.add_member(pool.pk, ada.user_id, valid_until=at(60), **WHO)
        actions.retire_pool(pool.pk, actor="user:1", now=at(30))
        assert PoolMember.objects.get(pk=member.pk).valid_until == at(30)
        assert verbs() == ["pool.created", "pool.changed", "pool.joined", "pool.retired"]
        actions.save_pool(**TEAM | {"name": "Night"}, **WHO)
        with pytest.raises(NotFound):
            actions.retire_pool(pool.pk, **WHO)

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"name": " "}, "name"), ({"name": "x" * 121}, "name"), ({"name": "Everybody"}, "name"),
            ({"kind": "secret"}, "kind"), ({"kind": "shared"}, "kind"), ({"kind": "dedicated"}, "client"),
            ({"kind": "dedicated", "brand_id": 99}, "client"), ({"brand_id": 1}, "client"),
        ],
    )  # fmt: skip
    def it_says_what_is_wrong(self, said: dict[str, Any], field: str) -> None:
        with pytest.raises(Invalid) as refused:
            actions.save_pool(**TEAM | said, **WHO)
        assert set(refused.value.errors) == {field}
        assert not verbs()

    def it_keeps_the_pool_of_everybody_and_what_a_queue_depends_on(self, acme: BrandCard) -> None:
        with pytest.raises(RoomError, match="everybody"):
            actions.retire_pool(actions.shared_pool().pk, **WHO)
        pool = actions.save_pool(**TEAM, **WHO)
        actions.serve(pool.pk, queue_of(acme).pk, **WHO)
        actions.stop_serving(actions.shared_pool().pk, queue_of(acme).pk, **WHO)
        with pytest.raises(RoomError, match="Orders"):
            actions.retire_pool(pool.pk, **WHO)
        with pytest.raises(RoomError, match="another pool"):
            actions.stop_serving(pool.pk, queue_of(acme).pk, **WHO)

    def it_asks_a_dated_member_from_then_until_then(self, acme: BrandCard, ada: Actor) -> None:
        pool = actions.save_pool(**TEAM, **WHO)
        for member in PoolMember.objects.filter(agent_id=ada.user_id):
            actions.end_membership(member.pool_id, member.pk, actor="user:1", now=at(1))
        actions.serve(pool.pk, queue_of(acme).pk, **WHO)
        item = write_in(acme)
        go_available(ada)
        assert not step(at(2))
        actions.add_member(pool.pk, ada.user_id, valid_until=at(60), actor="user:1", now=at(3))
        step(at(4))
        assert asked(item) == [ada.user_id]
        later = write_in(acme, now=at(61))
        assert not [made for made in step(at(62)) if made.item_id == later.pk]

    def it_moves_a_members_end_instead_of_doubling_them(self, ada: Actor) -> None:
        pool = actions.save_pool(**TEAM, **WHO)
        for seconds in (60, 90):
            actions.add_member(pool.pk, ada.user_id, valid_until=at(seconds), **WHO)
        assert [row.valid_until for row in PoolMember.objects.filter(pool=pool)] == [at(90)]
        for _ in range(2):
            actions.end_membership(pool.pk, PoolMember.objects.get(pool=pool).pk, actor="user:1", now=at(5))
        assert verbs().count("pool.left") == 1

    def it_puts_back_who_was_taken_out_with_the_end_that_they_had(self, ada: Actor) -> None:
        pool = actions.save_pool(**TEAM | {"kind": "overflow"}, **WHO)
        for until in (None, at(3600)):
            member = actions.add_member(pool.pk, ada.user_id, valid_until=until, **WHO)
            actions.end_membership(pool.pk, member.pk, actor="user:1", now=at(10))
            for _ in range(2):
                actions.restore_membership(pool.pk, member.pk, actor="user:1", now=at(20))
            current = PoolMember.objects.valid(at(21)).get(pool=pool)
            assert (current.valid_from, current.valid_until) == (at(20), until)
            assert PoolMember.objects.get(pk=member.pk).valid_until == at(10), "hours are billed from it"
            PoolMember.objects.filter(pool=pool).delete()

    def it_puts_nobody_back_whose_end_is_over_or_by_another_pool(self, ada: Actor) -> None:
        pool, other = actions.save_pool(**TEAM, **WHO), actions.save_pool(**TEAM | {"name": "Other"}, **WHO)
        member = actions.add_member(pool.pk, ada.user_id, valid_until=at(60), **WHO)
        with pytest.raises(NotFound):
            actions.restore_membership(pool.pk, member.pk, actor="user:1", now=at(5))
        for verb in (actions.end_membership, actions.restore_membership):
            with pytest.raises(NotFound):
                verb(other.pk, member.pk, actor="user:1", now=at(5))
        actions.end_membership(pool.pk, member.pk, actor="user:1", now=at(5))
        with pytest.raises(RoomError, match="ahead"):
            actions.restore_membership(pool.pk, member.pk, actor="user:1", now=at(61))
        with pytest.raises(NotFound):
            actions.restore_membership(pool.pk, member.pk, actor="user:1", now=at(31 * 86_400))

    def it_refuses_strangers_and_ends_of_the_past(self, ada: Actor) -> None:
        pool = actions.save_pool(**TEAM, **WHO)
        for agent_id, until, field in (
            (ada.user_id, None, "until"), (ada.user_id, at(-1), "until"), (987_654, at(60), "agent"),
        ):  # fmt: skip
            with pytest.raises(Invalid) as refused:
                actions.add_member(pool.pk, agent_id, valid_until=until, **WHO)
            assert set(refused.value.errors) == {field}

    def it_checks_how_a_queue_is_served(self, acme: BrandCard, globex: BrandCard) -> None:
        ours = actions.save_pool(name="Ours", kind=PoolKind.DEDICATED, brand_id=acme.id, **WHO)
        helpers = actions.save_pool(name="Helpers", kind=PoolKind.OVERFLOW, brand_id=None, **WHO)
        acmes, globexes = queue_of(acme).pk, queue_of(globex).pk
        refused_ones: tuple[tuple[Pool, int, dict[str, Any], str], ...] = (
            (ours, globexes, {}, "queue"), (ours, acmes, {"rank": 0}, "rank"),
            (ours, acmes, {"delay_seconds": -1}, "delay_seconds"), (helpers, acmes, {}, "delay_seconds"),
            (ours, acmes, {"min_share": 101}, "min_share"),
        )  # fmt: skip
        for pool, queue, said, field in refused_ones:
            with pytest.raises(Invalid) as refused:
                actions.serve(pool.pk, queue, **said, **WHO)
            assert set(refused.value.errors) == {field}
        shared = actions.shared_pool().pk
        actions.serve(shared, acmes, min_share=70, **WHO)
        with pytest.raises(Invalid, match="not saved"):
            actions.serve(shared, globexes, min_share=31, **WHO)
        actions.serve(shared, globexes, min_share=30, **WHO)
        assert PoolQueue.objects.get(pool_id=shared, plan_id=globexes).min_share == 30


class DescribeProfiles:
    def it_replaces_limits_and_writes_them_down_once(self, acme: BrandCard, ada: Actor) -> None:
        for _ in range(2):
            actions.save_profile(ada.user_id, Profile(68, {"webchat": 2}, {acme.id: 0}), **WHO)
        assert AgentCapacity.objects.get(pk=ada.user_id).cap == 68
        assert set(AgentLimit.objects.values_list("channel", "brand_id", "at_once")) == {
            ("webchat", None, 2), ("", acme.id, 0),
        }  # fmt: skip
        assert verbs() == ["agent.profile_changed"]

    def it_never_cuts_off_what_is_worked_on(self, acme: BrandCard, ada: Actor) -> None:
        for second in (0, 1):
            write_in(acme, now=at(second))
        go_available(ada)
        step(at(2))
        step(at(3))
        actions.save_profile(ada.user_id, Profile(34), **WHO)
        row = AgentCapacity.objects.get(pk=ada.user_id)
        assert (row.used, row.cap, row.full_cap) == (68, 68, 34)

    @pytest.mark.parametrize(
        ("profile", "field"),
        [
            (Profile(0), "full_cap"), (Profile(101), "full_cap"),
            (Profile(channels={"webchat": 21}), "limit-webchat"), (Profile(ramp_id=9), "ramp"),
            (Profile(channel_weights={"webchat": 9}), "weight-webchat"),
            (Profile(brand_weights={7: 301}), "weight-b7"),
        ],
    )  # fmt: skip
    def it_says_what_is_wrong(self, ada: Actor, profile: Profile, field: str) -> None:
        with pytest.raises(Invalid) as refused:
            actions.save_profile(ada.user_id, profile, **WHO)
        assert set(refused.value.errors) == {field}

    def it_knows_agents_alone(self, cy: Actor) -> None:
        with pytest.raises(NotFound):
            actions.save_profile(cy.user_id, Profile(), **WHO)


class DescribeRamps:
    steps = ((0, 34), (14, 68), (28, 100))

    def it_holds_each_step_until_the_next(self) -> None:
        assert [percent_on(self.steps, day) for day in (-3, 0, 13, 14, 28, 900)] == [34, 34, 34, 68, 100, 100]

    @pytest.mark.parametrize(
        "steps", [[], [(1, 50)], [(0, 50), (0, 60)], [(0, 0)], [(0, 101)], [(0, 1)] * 13]
    )
    def it_says_what_is_wrong(self, steps: list[tuple[int, int]]) -> None:
        assert set(step_errors(steps)) == {"steps"}

    def it_gives_the_units_of_the_day_at_the_agents_site(self, acme: BrandCard, ada: Actor) -> None:
        """NOW is 09:00 UTC on 2 March: at Kiritimati (+14) it is 23:00 of the same day."""
        site = Site.objects.create(name="Far", timezone="Pacific/Kiritimati")
        team = Team.objects.create(name="Far", site=site)
        Agent.objects.filter(pk=ada.user_id).update(team=team)
        ramp = actions.save_ramp(name="Four weeks", steps=self.steps, **WHO)
        profile = Profile(100, ramp_id=ramp.pk, ramp_from=date(2026, 2, 17))
        actions.save_profile(ada.user_id, profile, **WHO)
        assert AgentCapacity.objects.get(pk=ada.user_id).cap == 34
        assert actions.apply_ramps(at(3599)) == 0
        assert actions.apply_ramps(at(3600)) == 1
        assert AgentCapacity.objects.get(pk=ada.user_id).cap == 68
        with pytest.raises(RoomError, match="on this ramp"):
            actions.remove_ramp(ramp.pk, **WHO)
        actions.save_profile(ada.user_id, Profile(), **WHO)
        assert AgentCapacity.objects.get(pk=ada.user_id).cap == 100
        actions.remove_ramp(ramp.pk, **WHO)
        assert not Ramp.objects.exists()

    def it_begins_at_the_day_of_hire_unless_said_otherwise(self, ada: Actor) -> None:
        ramp = actions.save_ramp(name="Four weeks", steps=self.steps, **WHO)
        actions.save_profile(ada.user_id, Profile(ramp_id=ramp.pk), **WHO)
        assert (
            AgentCapacity.objects.get(pk=ada.user_id).ramp_from == Agent.objects.get(pk=ada.user_id).hired_on
        )

    def it_takes_a_name_once(self) -> None:
        actions.save_ramp(name="Four weeks", steps=self.steps, **WHO)
        with pytest.raises(Invalid):
            actions.save_ramp(name="Four weeks", steps=self.steps, **WHO)


class DescribeManners:
    def it_is_written_down_and_survives_a_change_of_the_queue(self, acme: BrandCard) -> None:
        queue = queue_of(acme)
        for _ in range(2):
            actions.set_manner(
                queue.pk, strategy="proficiency", scorer="same_client", holdout=10, prefer_seconds=5, **WHO
            )
        assert verbs() == ["queue.manner_changed"]
        with tenant_scope(acme, TESTS):
            interactions.save_queue(queue, name="Orders and more")
        plan = QueuePlan.objects.get(queue_id=queue.pk)
        assert (plan.strategy, plan.scorer, plan.holdout, plan.prefer_seconds) == (
            "proficiency", "same_client", 10, 5,
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"strategy": "dice"}, "strategy"), ({"scorer": "dice"}, "scorer"), ({"holdout": 51}, "holdout"),
            ({"prefer_seconds": -1}, "prefer_seconds"),
        ],
    )  # fmt: skip
    def it_says_what_is_wrong(self, acme: BrandCard, said: dict[str, Any], field: str) -> None:
        good: dict[str, Any] = {"strategy": "longest_idle", "prefer_seconds": 20}
        with pytest.raises(Invalid) as refused:
            actions.set_manner(queue_of(acme).pk, **good | said, **WHO)
        assert set(refused.value.errors) == {field}

    def it_has_no_holdout_without_a_score(self, acme: BrandCard) -> None:
        plan = actions.set_manner(
            queue_of(acme).pk, strategy="longest_idle", holdout=10, prefer_seconds=20, **WHO
        )
        assert plan.holdout == 0


def it_leaves_no_pool_of_another_kind_shared(acme: BrandCard) -> None:
    assert list(Pool.objects.values_list("kind", flat=True)) == [PoolKind.SHARED]
