"""The pages of the floor as values: what the frames say, with the names that frames have not.

Everything here is cut to what the reader may see, by the same rules as the topics.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.actor import Actor
from accounts.permissions import Permission
from desk.floor.frames import queues_today
from desk.floor.limits import IN_STATE
from desk.floor.wording import reason_labels, state_words, states, work_words
from routing.floor import AgentNow, QueueNow, Work, agents_now
from routing.models import QueuePlan
from tenants.clients import served_clients
from tenants.scope import labour_scope
from tenants.values import BrandCard
from workforce.models import Agent, Team
from workforce.supervision import Reach, reach_of


@dataclass(frozen=True)
class Asked:
    """The filters of the floor's address; "" and False are none."""

    search: str = ""
    client: str = ""
    state: str = ""
    mine: bool = False


@dataclass(frozen=True)
class Load:
    """What somebody is on for one client."""

    card: BrandCard
    words: str


@dataclass(frozen=True)
class AgentRow:
    """A line of the floor. `is_shown`: whether the filters let it through; the script asks the same."""

    now: AgentNow
    name: str
    number: str
    team: str
    clients: str
    words: str
    following: str
    seconds: int
    limit: int
    loads: tuple[Load, ...]
    is_mine: bool
    is_shown: bool = True

    @property
    def is_long(self) -> bool:
        return bool(self.limit) and self.seconds > self.limit


@dataclass(frozen=True)
class FloorPage:
    rows: tuple[AgentRow, ...]
    cards: Mapping[int, BrandCard]
    counts: tuple[tuple[str, str, int], ...]
    leads: bool

    @property
    def shown(self) -> int:
        return sum(row.is_shown for row in self.rows)


@dataclass(frozen=True)
class QueueRow:
    now: QueueNow
    label: str
    card: BrandCard
    target_seconds: int
    target_share: int
    seconds: int | None

    @property
    def is_long(self) -> bool:
        return self.seconds is not None and self.seconds > self.target_seconds

    @property
    def is_under(self) -> bool:
        level = self.now.service_level
        return level is not None and level < self.target_share

    @property
    def settled(self) -> int:
        return self.now.answered + self.now.abandoned


def floor_page(actor: Actor, asked: Asked, *, now: datetime) -> FloorPage:
    """Read the agents the actor sees; who the filters leave out is there, and not shown."""
    reach = reach_of(actor)
    cards = {card.id: card for card in served_clients()}
    seen = [one for one in agents_now(now) if reach.covers(one.brands, one.team_id)]
    people, teams = _people([one.agent_id for one in seen]), _teams_of(actor)
    shown = cards if reach.everybody else _cards_of(seen, reach, cards)
    look = _Look(reach, shown, reason_labels(), teams, asked, now)
    rows = [_row(one, people.get(one.agent_id, ("", "", "")), look) for one in seen]
    rows.sort(key=lambda row: (row.name.casefold(), row.now.agent_id))
    counts = [(code, word, sum(row.now.state == code for row in rows)) for code, word in states().items()]
    return FloorPage(tuple(rows), _cards_of(seen, reach, cards), tuple(counts), bool(teams))


def queue_rows(actor: Actor, client: str = "", *, now: datetime) -> list[QueueRow]:
    """Read the queues of the clients whose floor the actor sees, those with the oldest wait first."""
    today = queues_today(now)  # first: whoever is in it has a plan
    cards, plans = {card.id: card for card in served_clients()}, _plans()
    brands = actor.brands_with(Permission.FLOOR)
    rows = [
        QueueRow(one, label, cards[one.brand_id], seconds, share, _age(one, now))
        for one in today
        for label, seconds, share in [plans[one.queue_id]]
        if (brands is None or one.brand_id in brands) and one.brand_id in cards
    ]
    chosen = [row for row in rows if client in ("", row.card.slug)]
    return sorted(chosen, key=lambda row: (-(row.seconds or -1), row.card.name, row.label.casefold()))


def clients_of(actor: Actor, permission: Permission) -> list[BrandCard]:
    """Return the clients whose floor the actor sees, by name."""
    brands = actor.brands_with(permission)
    found = [card for card in served_clients() if brands is None or card.id in brands]
    return sorted(found, key=lambda card: card.name.casefold())


def visible_work(one: AgentNow, reach: Reach) -> dict[int, Work]:
    """What the reader may know of an agent's work: all of the own team's, else that of their clients."""
    if reach.everybody or one.team_id in reach.teams:
        return dict(one.work)
    return {brand: work for brand, work in one.work.items() if brand in reach.brands}


@dataclass(frozen=True)
class _Look:
    """What all rows are made with."""

    reach: Reach
    cards: Mapping[int, BrandCard]
    labels: Mapping[str, str]
    teams: frozenset[int]
    asked: Asked
    now: datetime


def _row(one: AgentNow, person: tuple[str, str, str], look: _Look) -> AgentRow:
    name, number, team = person
    work = sorted(visible_work(one, look.reach).items())
    slugs = [look.cards[brand].slug for brand in sorted(one.brands) if brand in look.cards]
    row = AgentRow(
        now=one,
        name=name,
        number=number,
        team=team,
        clients=" ".join(slugs),
        words=state_words(one, look.labels),
        following=states().get(one.following, ""),
        seconds=int((look.now - one.since).total_seconds()),
        limit=IN_STATE.get(one.state, 0),
        loads=tuple(Load(look.cards[brand], work_words(n)) for brand, n in work if brand in look.cards),
        is_mine=one.team_id in look.teams,
    )
    return replace(row, is_shown=_fits(row, look.asked))


def _fits(row: AgentRow, asked: Asked) -> bool:
    return (
        asked.search.casefold() in f"{row.name} {row.number}".casefold()
        and asked.client in ("", *row.clients.split())
        and asked.state in ("", row.now.state)
        and (row.is_mine or not asked.mine)
    )


def _people(agent_ids: list[int]) -> dict[int, tuple[str, str, str]]:
    """{agent: (name, number, team)}, one query."""
    with labour_scope():
        agents = Agent.objects.filter(pk__in=agent_ids)
        rows = agents.values_list("pk", "user__name", "employee_no", "team__name")
        return {pk: (name, number, team or "") for pk, name, number, team in rows}


def _teams_of(actor: Actor) -> frozenset[int]:
    """The teams that are theirs: those they lead, and the one they are in."""
    with labour_scope():
        led = set(Team.objects.filter(lead_id=actor.user_id).values_list("pk", flat=True))
        own = Agent.objects.filter(pk=actor.user_id, team__isnull=False).values_list("team_id", flat=True)
        return frozenset(led | set(own))


def _cards_of(seen: list[AgentNow], reach: Reach, cards: Mapping[int, BrandCard]) -> dict[int, BrandCard]:
    """The clients that can stand on the page: those of the agents' seats and of their work."""
    ids = {brand for one in seen for brand in (*one.brands, *one.work)}
    if not reach.everybody:
        open_ones = {
            brand for one in seen if one.team_id in reach.teams for brand in (*one.brands, *one.work)
        }
        ids &= reach.brands | open_ones
    return {brand: cards[brand] for brand in sorted(ids) if brand in cards}


def _plans() -> dict[int, tuple[str, int, int]]:
    """{queue: (name, target in seconds, share of it in percent)}."""
    with labour_scope():
        rows = QueuePlan.objects.values_list("queue_id", "label", "target_seconds", "target_share")
        return {queue_id: tuple(plan) for queue_id, *plan in rows}  # type: ignore[misc]


def _age(one: QueueNow, now: datetime) -> int | None:
    return int((now - one.oldest_at).total_seconds()) if one.oldest_at else None
