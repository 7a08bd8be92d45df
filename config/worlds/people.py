"""Plants the first part of the world `bpo`: brands with their inbox and words, people with their seats."""

import hashlib
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts import actions as accounts
from accounts.choices import Role
from accounts.models import User
from config.worlds.cast import (
    AGENTS,
    BRANDS,
    HOME,
    LEADS,
    OPERATOR,
    PASSWORD,
    SITES,
    SKILLS,
    STAFF,
    TEAMS,
    AgentPlan,
    BrandPlan,
)
from config.worlds.contract import plant_contract
from interactions import actions as interactions
from interactions.choices import DispositionKind, HolidayKind
from interactions.hours import queue_hours
from tenants import actions as tenants
from tenants.cards import BrandCard, card_by_slug
from tenants.scope import Grant, labour_scope, tenant_scope
from workforce import actions as workforce
from workforce.models import Team
from workforce.staff import places

ACTOR = "system:seed"
CERTIFIED_DAYS = 60


def plant_people(grant: Grant, *, now: datetime) -> bool:
    """Plant brands and people once; false when they stand there already. Sign-in works after this.

    All or nothing, so that a start which is interrupted here plants again.
    """
    with labour_scope():
        if User.objects.filter(email=OPERATOR[1]).exists():
            return False
    with transaction.atomic():
        _plant_all(grant, since=now - timedelta(days=CERTIFIED_DAYS))
        for plan in BRANDS:
            _plant_hours(plan, grant, now=now)
    return True


def _plant_all(grant: Grant, *, since: datetime) -> None:
    cards = {plan.slug: _plant_brand(plan, grant, now=since) for plan in BRANDS}
    teams = _plant_teams(now=since)
    for number, plan in enumerate(AGENTS, start=1):
        _plant_agent(plan, cards, team=teams[plan.team], number=number, now=since)
    _plant_leads(teams, now=since)
    _plant_person(*OPERATOR, role=Role.OPERATOR, card=None, now=since)
    for name, email, role, slug in STAFF:
        _plant_person(name, email, role=Role(role), card=cards.get(slug), now=since)
    for brand in BRANDS:
        _plant_person(*brand.manager, role=Role.MANAGER, card=cards[brand.slug], now=since)


def demo_key(slug: str) -> str:
    """Return the public key of the demo widget: the same on every machine, so that snippets keep working."""
    return f"pk_{hashlib.sha256(f'demo:{slug}'.encode()).hexdigest()[:24]}"


def _plant_brand(plan: BrandPlan, grant: Grant, *, now: datetime) -> BrandCard:
    tenants.create_brand(
        slug=plan.slug, name=plan.name, legal_name=plan.legal_name, timezone=plan.timezone, hue=plan.hue,
        tone=plan.tone, tone_do=plan.tone_do, tone_dont=plan.tone_dont, locales=plan.locales,
        features={"shop": plan.shop}, actor=ACTOR, now=now,
    )  # fmt: skip
    card = card_by_slug(plan.slug)
    if card is None:
        raise RuntimeError(f"{plan.slug} was made and cannot be found")
    with tenant_scope(card, grant):
        queue = interactions.save_queue(name=plan.queue, target_seconds=plan.target_seconds, units=25)
        inbox = interactions.create_inbox(name=plan.inbox, queue=queue, config={"greeting": plan.greeting})
        _plant_dispositions(plan)
    plant_contract(plan, card, grant, actor=ACTOR, now=now)
    tenants.open_endpoint(card.id, key=demo_key(plan.slug), inbox_ref=inbox.ref)
    return card


def _plant_hours(plan: BrandPlan, grant: Grant, *, now: datetime) -> None:
    """The chat is answered day and night, so the demo works at any hour; office hours lie ready beside."""
    card = card_by_slug(plan.slug)
    if card is None:
        raise RuntimeError(f"{plan.slug} was made and cannot be found")
    did: dict[str, Any] = {"actor": ACTOR, "now": now}
    with tenant_scope(card, grant):
        always = [(weekday, 0, 0) for weekday in range(7)]
        chat = interactions.save_calendar(name="Day and night", zone=plan.timezone, week=always, **did)
        office = interactions.save_calendar(
            name="Office hours", zone=plan.timezone, country=plan.country, subdivision=plan.subdivision,
            week=[*((weekday, 8 * 60, 20 * 60) for weekday in range(5)), (5, 10 * 60, 16 * 60)], **did,
        )  # fmt: skip
        interactions.save_own_day(
            office.ref, day=(now + timedelta(days=9)).date(), kind=HolidayKind.HOURS, name="Inventory",
            periods=[(12 * 60, 20 * 60)], **did,
        )  # fmt: skip
        interactions.use_calendars({queue.ref: chat.ref for queue in queue_hours()}, **did)


def _plant_dispositions(plan: BrandPlan) -> None:
    for position, (code, label) in enumerate(plan.reasons):
        interactions.save_disposition(DispositionKind.REASON, code, label, position=position)
    interactions.save_disposition(
        DispositionKind.REASON, "not_a_contact", "Spam or wrong address",
        position=len(plan.reasons), not_a_contact=True,
    )  # fmt: skip
    for position, (code, label, resolves) in enumerate(plan.outcomes):
        interactions.save_disposition(
            DispositionKind.OUTCOME, code, label, position=position, resolves=resolves
        )


def _plant_teams(*, now: datetime) -> dict[str, Team]:
    did: dict[str, Any] = {"actor": ACTOR, "now": now}
    sites = {name: places.save_site(name=name, timezone=zone, **did) for name, zone in SITES.items()}
    for code, name in SKILLS.items():
        places.save_skill(name=name, code=code, **did)
    return {name: places.save_team(name=name, site_id=sites[site].pk, **did) for name, site in TEAMS.items()}


def _plant_leads(teams: dict[str, Team], *, now: datetime) -> None:
    with labour_scope():
        people = dict(User.objects.filter(name__in=LEADS.values()).values_list("name", "pk"))
    for name, lead in LEADS.items():
        team = teams[name]
        places.save_team(team.pk, name=name, site_id=team.site_id, lead_id=people[lead], actor=ACTOR, now=now)


@cache
def _hashed() -> str:
    """Hashing is slow on purpose; everybody of the demo world has the same password."""
    return make_password(PASSWORD)


def _plant_agent(
    plan: AgentPlan, cards: dict[str, BrandCard], *, team: Team, number: int, now: datetime
) -> None:
    user = accounts.create_user(
        plan.email, name=plan.name, hashed_password=_hashed(), timezone=SITES[TEAMS[plan.team]],
        actor=ACTOR, now=now,
    )  # fmt: skip
    workforce.create_agent(
        user.pk, employee_no=f"H{100 + number}", hired_on=date(2024, 3, number), team_id=team.pk,
        site_id=team.site_id, languages=tuple(dict.fromkeys((plan.language, "en"))), actor=ACTOR, now=now,
    )  # fmt: skip
    for code, level in plan.skills.items():
        workforce.set_skill(user.pk, code=code, level=level, actor=ACTOR, now=now)
    for slug, alias in plan.brands.items():
        brand_id = cards[slug].id
        accounts.grant_membership(user.pk, role=Role.AGENT, brand_id=brand_id, actor=ACTOR, now=now)
        workforce.set_alias(user.pk, brand_id=brand_id, shown_name=alias, actor=ACTOR, now=now)
        ends = now + timedelta(days=CERTIFIED_DAYS - 2) if slug in plan.lapsed else None
        workforce.certify(
            user.pk,
            brand_id=brand_id,
            version="2026-1",
            valid_from=now,
            valid_until=ends,
            actor=ACTOR,
            now=now,
        )


def _plant_person(name: str, email: str, *, role: Role, card: BrandCard | None, now: datetime) -> None:
    """Add somebody with one seat, who reads times by the client's clock; `card` None: of the provider."""
    zone = card.timezone if card else HOME
    user = accounts.create_user(
        email, name=name, hashed_password=_hashed(), timezone=zone, actor=ACTOR, now=now
    )
    accounts.grant_membership(user.pk, role=role, brand_id=card.id if card else None, actor=ACTOR, now=now)
