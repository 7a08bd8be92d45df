"""Onboarding's step and check of this room: who of the pool answers for the client."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.actions import grant_membership, revoke_membership
from accounts.choices import Role
from accounts.models import normalise_email
from accounts.onboarding import seated_in
from tenants.onboarding.registry import Check, Data, Finding, Step, Work
from tenants.onboarding.shapes import LinesField, Shape
from tenants.scope import labour_scope
from tenants.values import BrandCard, Grant
from workforce.actions import certify
from workforce.languages import spell_languages
from workforce.models import Agent, AgentSkill, Certification
from workforce.queries import certified

VERSION = "onboarding"
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agent of the pool, as the picker shows them."""

    email: str
    name: str
    team: str
    languages: str
    skills: tuple[str, ...]


class PeopleShape(Shape):
    """`agents`: the e-mail addresses of agents of the pool."""

    agents = LinesField(
        child=serializers.EmailField(max_length=254), max_length=500, required=False, default=list
    )

    def validate_agents(self, emails: list[str]) -> list[str]:
        plain = [normalise_email(email) for email in emails]
        known = set(_ids_of(plain))
        words = [_("No agent of the pool has this address.")]
        if wrong := {n: words for n, email in enumerate(plain) if email not in known}:
            raise serializers.ValidationError(wrong)  # type: ignore[arg-type]
        return list(dict.fromkeys(plain))


def apply(work: Work) -> None:
    """Seat and certify who is named; take the seat from who is named no more."""
    wanted = set(_ids_of(work.data["agents"]).values())
    seated = seated_in(work.brand.id, Role.AGENT, now=work.now)
    with labour_scope():
        valid = Certification.objects.valid(work.now).filter(brand_id=work.brand.id)
        trained = set(valid.values_list("agent_id", flat=True))
    for user_id in sorted(wanted - seated):
        grant_membership(user_id, role=Role.AGENT, brand_id=work.brand.id, actor=work.actor, now=work.now)
    for user_id in sorted(wanted - trained):
        certify(
            user_id, brand_id=work.brand.id, version=VERSION, valid_from=work.now, actor=work.actor,
            now=work.now,
        )  # fmt: skip
    for user_id in sorted(seated - wanted):
        revoke_membership(user_id, role=Role.AGENT, brand_id=work.brand.id, actor=work.actor, now=work.now)


def copy(brand: BrandCard, grant: Grant) -> Data:
    """Copy nobody: who answers is chosen anew."""
    return {}


def candidates(picked: Sequence[str], *, search: str = "") -> tuple[list[Candidate], int]:
    """Return who can be picked, those picked already first, and how many match in all.

    `search` looks in name, e-mail, team and skills; at most SHOWN that are not picked are returned.
    """
    with labour_scope():
        held = ArrayAgg("skills__skill__name", filter=Q(skills__isnull=False), distinct=True, default=[])
        rows = _pool().annotate(skill_names=held)
        chosen = list(rows.filter(user__email__in=picked).order_by("user__email"))
        others = rows.exclude(user__email__in=picked)
        for word in search.split()[:5]:
            others = others.filter(_has(word))
        count = others.count()
        found = list(others.order_by("user__email")[:SHOWN])
    return [_candidate(agent) for agent in [*chosen, *found]], count


def find_people(brand: BrandCard, grant: Grant, now: datetime) -> Finding:
    with labour_scope():
        count = certified(now).filter(brand_id=brand.id).values("agent_id").distinct().count()
    if not count:
        return Finding("bad", _("No agent is seated and certified for this client."))
    if count == 1:
        return Finding("warn", _("One agent alone: nobody answers when they are away."))
    return Finding("good", _("%(count)d agents are seated and certified.") % {"count": count})


def _pool() -> QuerySet[Agent]:
    return Agent.objects.filter(left_on__isnull=True, user__is_active=True).select_related("user", "team")


def _has(word: str) -> Q:
    named = Q(user__name__icontains=word) | Q(user__email__icontains=word) | Q(team__name__icontains=word)
    return named | Q(pk__in=AgentSkill.objects.filter(skill__name__icontains=word).values("agent_id"))


def _candidate(agent: Agent) -> Candidate:
    team = agent.team.name if agent.team else ""
    return Candidate(
        agent.user.email, agent.user.name, team, spell_languages(agent.languages),
        tuple(agent.skill_names),  # type: ignore[attr-defined]
    )  # fmt: skip


def _ids_of(emails: Sequence[str]) -> dict[str, int]:
    with labour_scope():
        return dict(_pool().filter(user__email__in=emails).values_list("user__email", "pk"))


STEPS = (
    Step(
        name="people", title=_("People"), position=40, turn=40,
        shape=PeopleShape, apply=apply, copy=copy, needed=False,
    ),
)  # fmt: skip
CHECKS = (Check("people", "workforce", _("People"), 40, "people", find_people),)
