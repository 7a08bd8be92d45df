"""Many people changed at once: looked at, made, undone."""

from typing import Any

import pytest

from accounts.access import actor_for
from accounts.actor import Actor
from accounts.choices import Role
from core.errors import NotFound
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tests.factories import NOW
from tests.workforce.conftest import at
from tests.workforce.staff.conftest import Pool
from workforce.errors import ChangeRefused
from workforce.models import Agent
from workforce.queries import certified
from workforce.staff import bulk, places
from workforce.staff.bulk import Wish
from workforce.staff.loading import load_people


def people(*actors: Actor, seconds: float = 100) -> list[Any]:
    found = load_people([actor.user_id for actor in actors], now=at(seconds))
    return [found[actor.user_id] for actor in actors]


def change(*actors: Actor, seconds: float = 1, **wish: Any) -> Any:
    return bulk.change_many([a.user_id for a in actors], Wish(**wish), actor="user:1", now=at(seconds))


def it_shows_what_would_become_of_whom(pool: Pool, ada: Actor, eve: Actor) -> None:
    Agent.objects.filter(pk=eve.user_id).update(team=pool.nordic)
    made = bulk.preview([ada.user_id, eve.user_id], Wish(team_id=pool.nordic.pk), now=at(1))
    assert [(one.email, one.fields) for one in made] == [("ada@example.test", ("team_id",))]
    assert people(ada)[0].team_id is None


@pytest.mark.parametrize(
    ("wish", "field", "value"),
    [
        ({"team_id": "nordic"}, "team_id", "nordic"),
        ({"site_id": "porto"}, "site_id", "porto"),
        ({"skill_id": "billing", "level": 4}, "skills", {"billing": 4}),
        ({"language": "pt-br"}, "languages", ("pt-br",)),
    ],
)
def it_changes_everybody_and_undoes_it(
    pool: Pool, ada: Actor, eve: Actor, wish: dict[str, Any], field: str, value: Any
) -> None:
    def pk(word: Any) -> Any:
        return getattr(pool, word).pk if isinstance(word, str) and hasattr(pool, word) else word

    wanted = {pk(key): level for key, level in value.items()} if isinstance(value, dict) else pk(value)
    before = people(ada, eve)
    row = change(ada, eve, **{name: pk(word) for name, word in wish.items()})
    assert [getattr(one, field) for one in people(ada, eve)] == [wanted, wanted]
    assert bulk.undo(row.ref, actor="user:1", now=at(2)) == (2, 0)
    assert people(ada, eve) == before


def it_seats_certifies_and_undoes_both(ada: Actor, eve: Actor, acme: BrandCard, globex: BrandCard) -> None:
    row = change(ada, eve, brand_id=globex.id, version="2026-2")
    assert [one.brands[globex.id] for one in people(ada, eve)] == ["2026-2", "2026-2"]
    assert row.count == 2
    bulk.undo(row.ref, actor="user:1", now=at(2))
    assert [one.brands.get(globex.id) for one in people(ada, eve)] == ["1", None]
    actor = actor_for(eve.user_id, now=at(3))
    assert actor
    assert not actor.has(Role.AGENT, globex.id)
    assert not certified(at(3)).filter(agent_id=eve.user_id, brand_id=globex.id).exists()


def it_unseats(ada: Actor, acme: BrandCard, globex: BrandCard) -> None:
    change(ada, brand_id=acme.id, unseat=True)
    assert set(people(ada)[0].brands) == {globex.id}
    assert not certified(at(2)).filter(agent_id=ada.user_id, brand_id=acme.id).exists()


def it_takes_skills_and_languages_away(pool: Pool, ada: Actor) -> None:
    change(ada, skill_id=pool.billing.pk, level=2)
    change(ada, language="sv", seconds=2)
    change(ada, skill_id=pool.billing.pk, level=0, seconds=3)
    change(ada, language="sv", unlearn=True, seconds=4)
    assert (people(ada)[0].skills, people(ada)[0].languages) == ({}, ())


def it_keeps_what_somebody_else_changed_since(pool: Pool, ada: Actor, eve: Actor) -> None:
    row = change(ada, eve, team_id=pool.nordic.pk)
    Agent.objects.filter(pk=eve.user_id).update(team=pool.night)
    assert bulk.undo(row.ref, actor="user:1", now=at(2)) == (1, 1)
    assert [one.team_id for one in people(ada, eve)] == [None, pool.night.pk]


def it_undoes_the_last_one_once(pool: Pool, ada: Actor) -> None:
    first = change(ada, team_id=pool.nordic.pk)
    second = change(ada, site_id=pool.porto.pk, seconds=2)
    with pytest.raises(ChangeRefused):
        bulk.undo(first.ref, actor="user:1", now=at(3))
    bulk.undo(second.ref, actor="user:1", now=at(3))
    assert bulk.last_change() is None
    with pytest.raises(ChangeRefused):
        bulk.undo(second.ref, actor="user:1", now=at(4))


def it_leaves_leavers_alone(pool: Pool, ada: Actor, eve: Actor) -> None:
    Agent.objects.filter(pk=eve.user_id).update(left_on=NOW.date())
    assert change(ada, eve, team_id=pool.nordic.pk).count == 1


@pytest.mark.parametrize(
    "wish", [{}, {"team_id": 10**12}, {"skill_id": 10**12}, {"language": "klingon"}, {"site_id": "archived"}]
)
def it_refuses_what_is_nothing_or_not_there(pool: Pool, ada: Actor, wish: dict[str, Any]) -> None:
    if wish.get("site_id"):
        places.archive_site(pool.porto.pk, archived=True, actor="test", now=at(1))
        wish = {"site_id": pool.porto.pk}
    with pytest.raises((ChangeRefused, NotFound)):
        change(ada, **wish)


def it_refuses_a_change_that_changes_nobody(pool: Pool, ada: Actor) -> None:
    change(ada, team_id=pool.nordic.pk)
    with pytest.raises(ChangeRefused, match="already"):
        change(ada, team_id=pool.nordic.pk, seconds=2)
    with pytest.raises(ChangeRefused, match="somebody"):
        change(team_id=pool.nordic.pk)


def it_is_in_the_trail(pool: Pool, ada: Actor) -> None:
    row = change(ada, team_id=pool.nordic.pk)
    kept = AuditRow.objects.get(verb="agent.changed", object=f"user:{ada.user_id}")
    assert (kept.actor, kept.diff) == ("user:1", {"team": ["", "Nordic desk"]})
    assert AuditRow.objects.get(verb="staff.changed").diff == {"people": 1, "team_id": pool.nordic.pk}
    bulk.undo(row.ref, actor="user:2", now=at(2))
    assert AuditRow.objects.get(verb="staff.undone").actor == "user:2"
