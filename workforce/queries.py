"""Questions that other rooms ask. Each runs in the labour scope and returns values, never lazy rows."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from accounts.actor import Actor
from accounts.choices import Role
from accounts.models import Membership, User
from accounts.permissions import CLIENT_ROLES
from tenants.scope import labour_scope
from workforce import ledger
from workforce.actions.presence import RELOAD_SECONDS
from workforce.models import (
    Agent,
    AgentAlias,
    AgentSkill,
    AgentState,
    AvailabilityReason,
    Certification,
    Engagement,
    FocusInterval,
    LedgerCorrection,
    LedgerTerm,
    Skill,
    StateInterval,
)
from workforce.querysets import CertificationQuerySet
from workforce.values import AgentClock, CorrectionView, ReadyAgent, ReasonView, StateView, state_view

SPANS = """
  SELECT agent_id, unnest(range_agg(tstzrange(
    greatest(started_at, %(start)s::timestamptz), least(coalesce(ended_at, %(end)s::timestamptz),
    %(end)s::timestamptz)))) AS part
  FROM workforce_engagement
  WHERE agent_id = ANY(%(agents)s::bigint[]) AND started_at < %(end)s::timestamptz
    AND (ended_at IS NULL OR ended_at > %(start)s::timestamptz)
  GROUP BY agent_id
"""
WORKED = f"""
SELECT agent_id, sum(extract(epoch FROM upper(part) - lower(part))) FROM ({SPANS}) worked GROUP BY agent_id
"""  # noqa: S608


def shown_name(agent_id: int, brand_id: int) -> str:
    """Return the agent's alias towards the brand, else their first name; never the surname."""
    with labour_scope():
        if alias := _alias(agent_id, brand_id):
            return alias
        user = User.objects.only("name").filter(pk=agent_id).first()
    return user.first_name if user else ""


def name_towards(actor: Actor, brand_id: int) -> str:
    """Return what the brand's people read of who did something: whatever is kept or sent there says this.

    Whole for one of their own, else as customers know them: never the surname.
    """
    if {seat.role for seat in actor.held} <= CLIENT_ROLES:
        return actor.name
    with labour_scope():
        return _alias(actor.user_id, brand_id) or actor.first_name


def _alias(agent_id: int, brand_id: int) -> str:
    rows = AgentAlias.objects.filter(agent_id=agent_id, brand_id=brand_id)
    return rows.values_list("shown_name", flat=True).first() or ""


def shown_names(brand_id: int) -> dict[int, str]:
    """Return the names towards the brand of all who are, or ever were, seated as its agents."""
    with labour_scope():
        aliases = dict(AgentAlias.objects.filter(brand_id=brand_id).values_list("agent_id", "shown_name"))
        seated = User.objects.filter(memberships__brand_id=brand_id, memberships__role=Role.AGENT)
        firsts = {user.pk: user.first_name for user in seated.only("name")}
    return firsts | aliases


def state_of(agent_id: int) -> StateView | None:
    """Return the agent's availability and presence, in one query."""
    with labour_scope():
        states = AgentState.objects.select_related("reason", "next_reason")
        state = states.filter(pk=agent_id).first()
    return state_view(state) if state else None


def reasons(*, archived: bool = False) -> list[ReasonView]:
    """Return the reasons an agent may be away for, in the order of the menu; `archived`: of the past too."""
    with labour_scope():
        every = AvailabilityReason.objects.order_by("position", "code")
        rows = list(every if archived else every.filter(active=True))
    return [ReasonView(row.code, row.shown_label, row.kind, row.paid) for row in rows]


def team_of(agent_id: int) -> str:
    """Return the name of the agent's team, or "" without one."""
    with labour_scope():
        return Agent.objects.filter(pk=agent_id).values_list("team__name", flat=True).first() or ""


def leads(lead_id: int, agent_id: int) -> bool:
    """Tell whether the one leads the other's team."""
    with labour_scope():
        return Agent.objects.filter(pk=agent_id, team__lead_id=lead_id).exists()


def skill_codes() -> list[str]:
    """Return the codes of the skills in use, by name."""
    with labour_scope():
        standing = Skill.objects.filter(archived_at__isnull=True)
        return list(standing.order_by("name", "code").values_list("code", flat=True))


def agent_named(text: str) -> int | None:
    """Return who is meant by a staff number or an e-mail address, None for nobody who works here."""
    named = Q(employee_no__iexact=text.strip()) | Q(user__email__iexact=text.strip())
    with labour_scope():
        return Agent.objects.filter(named, left_on__isnull=True).values_list("pk", flat=True).first()


def ready_agents(now: datetime, *, among: Collection[int] | None = None) -> list[ReadyAgent]:
    """Return who may be offered work now, each with the brands it may be of, longest waiting first.

    `among`: of these agents alone.

    Ready = available, no plan to leave, connected or about to be back; of a brand = an active seat and a
    certification valid now. Capacity and pools are routing's to add.
    """
    states = AgentState.objects.open_to_offers().connected(now - timedelta(seconds=RELOAD_SECONDS))
    skills = AgentSkill.objects.filter(agent=OuterRef("pk")).values(
        pair=JSONObject(code="skill__code", level="level")
    )
    brands = certified(now).filter(agent=OuterRef("pk")).values("brand_id").distinct()
    rows = states.annotate(
        brands=ArraySubquery(brands),
        skill_list=ArraySubquery(skills),
        languages=F("agent__languages"),
        team=F("agent__team_id"),
    ).order_by("since", "pk")
    with labour_scope():
        found = list(rows if among is None else rows.filter(pk__in=among))
    return [_ready(row) for row in found if row.brands]


def may_be_offered(agent_id: int, brand_id: int, now: datetime) -> bool:
    """Tell whether the agent is ready, and for this brand."""
    return any(brand_id in ready.brand_ids for ready in ready_agents(now, among=[agent_id]))


def certified(now: datetime) -> CertificationQuerySet[Certification]:
    """Certifications valid now whose agent also has an active seat in that brand (lazy, to be narrowed)."""
    return Certification.objects.valid(now).filter(seated(now))


def seated(now: datetime) -> Exists:
    """A condition on rows with `agent_id` and `brand_id`: that agent has an agent's seat there, valid now."""
    return Exists(
        Membership.objects.valid(now).filter(
            user=OuterRef("agent_id"), user__is_active=True, brand_id=OuterRef("brand_id"), role=Role.AGENT
        )
    )


def ledger_of(
    agent_id: int, *, start: datetime, end: datetime, rule: ledger.Rule | None = None
) -> list[ledger.Slice]:
    """Share out the agent's wall time of `[start, end)`; what is still open counts up to `end`.

    By the rules that hold, or by that one.
    """
    with labour_scope():
        rules = [(start, end, rule)] if rule else _rules(start, end)
        states, works = _states(agent_id, start, end), _works(agent_id, start, end)
        focuses = _focuses([agent_id], rules)[agent_id]
    return ledger.Spells(states, works, focuses, rules).slices()


def occupancies(agent_ids: Sequence[int], *, start: datetime, end: datetime) -> dict[int, float]:
    """Return which part of `[start, end)` each agent was on work, 0 to 1; who was on none is missing.

    Work side by side counts once.
    """
    with labour_scope(), connection.cursor() as cursor:
        cursor.execute(WORKED, {"agents": list(agent_ids), "start": start, "end": end})
        seconds = cursor.fetchall()
    whole = (end - start).total_seconds()
    return {agent_id: float(worked) / whole for agent_id, worked in seconds}


def worked_spans(
    agent_ids: Sequence[int], *, start: datetime, end: datetime
) -> dict[int, list[tuple[datetime, datetime]]]:
    """Return when in `[start, end)` each agent was on work, in order; work side by side is one span."""
    found: dict[int, list[tuple[datetime, datetime]]] = {}
    with labour_scope(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT agent_id, lower(part), upper(part) FROM ({SPANS}) worked ORDER BY 1, 2",  # noqa: S608
            {"agents": list(agent_ids), "start": start, "end": end},
        )
        for agent_id, began, ended in cursor.fetchall():
            found.setdefault(agent_id, []).append((began, ended))
    return found


def ledgers_of(
    agent_ids: Collection[int], *, start: datetime, end: datetime
) -> dict[int, list[ledger.Slice]]:
    """Share out the wall time of `[start, end)` of several agents by the rules that hold (three queries, four
    where it is by focus)."""
    found = spells_of(agent_ids, start=start, end=end)
    return {pk: one.slices() for pk, one in found.items()}


def spells_of(agent_ids: Collection[int], *, start: datetime, end: datetime) -> dict[int, ledger.Spells]:
    """Return what is written of `[start, end)` of several agents, and the rules (as many queries)."""
    with labour_scope():
        rules = _rules(start, end)
        focuses = _focuses(agent_ids, rules)
        found = {pk: ledger.Spells([], [], focuses[pk], rules) for pk in agent_ids}
        for row in _state_rows(start, end).filter(agent_id__in=agent_ids):
            found[row.agent_id].states.append(_state(row))
        for work in _work_rows(start, end).filter(agent_id__in=agent_ids):
            found[work.agent_id].works.append(_work(work))
    return found


def corrections_of(agent_id: int, *, start: datetime, end: datetime) -> list[CorrectionView]:
    """Return what was corrected in `[start, end)` of the agent's time, the newest first."""
    rows = LedgerCorrection.objects.filter(
        interval__agent_id=agent_id, replaced_by__started_at__lt=end, replaced_by__ended_at__gt=start
    ).select_related("interval__reason", "replaced_by__reason", "by")
    with labour_scope():
        return [_correction(row) for row in rows.order_by("-at", "-pk")]


def clock_of(agent_id: int) -> AgentClock | None:
    """Return who the agent is and by which zone their days are cut: their site's, else their own."""
    with labour_scope():
        agent = clocks().filter(pk=agent_id).first()
    return clock_view(agent) if agent else None


def clocks(search: str = "") -> QuerySet[Agent]:
    """Agents with what `clock_view` reads, by name (lazy, to be paged in the labour scope)."""
    rows = Agent.objects.select_related("user", "team__site").order_by("user__name", "pk")
    return rows.filter(Q(user__name__icontains=search) | Q(employee_no__iexact=search)) if search else rows


def clock_view(agent: Agent) -> AgentClock:
    """Return an agent of `clocks()` as a value."""
    zone = agent.team.site.timezone if agent.team else agent.user.timezone
    team = agent.team.name if agent.team else ""
    return AgentClock(agent.pk, agent.user.name, agent.employee_no, team, zone)


def _correction(row: LedgerCorrection) -> CorrectionView:
    old, new = row.interval, row.replaced_by
    return CorrectionView(
        at=row.at,
        by=row.by.name,
        words=row.reason,
        start=new.started_at,
        end=new.ended_at or new.started_at,
        was=(old.availability, old.reason.code if old.reason else ""),
        now=(new.availability, new.reason.code if new.reason else ""),
        brand_id=new.brand_id,
    )


def _ready(row: AgentState) -> ReadyAgent:
    return ReadyAgent(
        agent_id=row.agent_id,
        languages=tuple(row.languages),  # type: ignore[attr-defined]
        team_id=row.team,  # type: ignore[attr-defined]
        since=row.since,
        brand_ids=frozenset(row.brands),  # type: ignore[attr-defined]
        skills={skill["code"]: skill["level"] for skill in row.skill_list},  # type: ignore[attr-defined]
    )


def _states(agent_id: int, start: datetime, end: datetime) -> list[ledger.State]:
    return [_state(row) for row in _state_rows(start, end).filter(agent_id=agent_id)]


def _state_rows(start: datetime, end: datetime) -> QuerySet[StateInterval]:
    """Intervals, then the corrections laid over them, the newest last."""
    rows = StateInterval.objects.overlapping(start, end).select_related("reason")
    written = rows.filter(Q(is_correction=False) | Q(corrects__isnull=False))
    return written.order_by("is_correction", "pk")


def _state(row: StateInterval) -> ledger.State:
    return ledger.State(
        row.started_at,
        row.ended_at,
        row.availability,
        row.reason.code if row.reason else "",
        row.brand_id,
        row.pool_id,
        row.connected,
    )


def _works(agent_id: int, start: datetime, end: datetime) -> list[ledger.Work]:
    return [_work(row) for row in _work_rows(start, end).filter(agent_id=agent_id)]


def _work_rows(start: datetime, end: datetime) -> QuerySet[Engagement]:
    return Engagement.objects.overlapping(start, end).order_by("started_at", "pk")


def _work(row: Engagement) -> ledger.Work:
    return ledger.Work(
        row.started_at,
        row.ended_at,
        row.brand_id,
        row.queue_id,
        row.work_item_id,
        row.kind,
        row.pool_id,
        row.is_test,
    )


def _rules(start: datetime, end: datetime) -> ledger.Rules:
    terms = LedgerTerm.objects.filter(valid_from__lt=end).order_by("valid_from")
    held = [(since, ledger.Rule(rule)) for since, rule in terms.values_list("valid_from", "rule")]
    return ledger.rules_within(held, start=start, end=end)


def _focuses(agent_ids: Collection[int], rules: ledger.Rules) -> dict[int, list[ledger.Focus]]:
    """Read what was in front of these agents while it counts."""
    found: dict[int, list[ledger.Focus]] = {pk: [] for pk in agent_ids}
    spans = [(start, end) for start, end, rule in rules if rule == ledger.Rule.FOCUS]
    if not spans:
        return found
    rows = FocusInterval.objects.overlapping(spans[0][0], spans[-1][1]).filter(agent_id__in=agent_ids)
    for row in rows.order_by("started_at"):
        found[row.agent_id].append(ledger.Focus(row.started_at, row.ended_at, row.work_item_id))
    return found
