"""Agents and what they can do for whom."""

import unicodedata

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import new_ref
from workforce.querysets import CertificationQuerySet


def alias_key(shown_name: str) -> str:
    """Return what two names share that people cannot tell apart: case, width and spaces do not count."""
    return " ".join(unicodedata.normalize("NFKC", shown_name).casefold().split())


class Site(models.Model):
    """A place agents work at; `holiday_set` names the public holidays it keeps."""

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    name = models.CharField(max_length=120, unique=True)
    timezone = models.CharField(max_length=64)
    holiday_set = models.CharField(max_length=64, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    name = models.CharField(max_length=120)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="teams")
    lead = models.ForeignKey(
        "workforce.Agent", on_delete=models.SET_NULL, related_name="leads", null=True, blank=True
    )
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="team_once_a_site")]

    def __str__(self) -> str:
        return self.name


class Agent(models.Model):
    """A worker's seat. Its key is the user's, so `agent_id` is the user's id everywhere.

    `site`: where they work, which need not be where their team sits. `languages`: codes, the main one first.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="agent"
    )
    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    employee_no = models.CharField(max_length=32, unique=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="agents", null=True, blank=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="agents", null=True, blank=True)
    hired_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)
    languages = ArrayField(models.CharField(max_length=12), default=list, blank=True)

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(left_on__isnull=True) | models.Q(left_on__gte=models.F("hired_on")),
                name="agent_left_after_hired",
            )
        ]

    def __str__(self) -> str:
        return self.employee_no


class AgentAlias(models.Model):
    """The only name of an agent that a brand's customers and managers ever see."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="aliases")
    brand_id = models.BigIntegerField()
    shown_name = models.CharField(max_length=80)
    key = models.CharField(max_length=240, editable=False)

    class Meta:
        verbose_name = _("alias")
        verbose_name_plural = _("aliases")
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "agent"], name="alias_once_a_brand"),
            models.UniqueConstraint(fields=["brand_id", "key"], name="alias_of_one_agent"),
        ]

    def __str__(self) -> str:
        return self.shown_name


class Skill(models.Model):
    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    code = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")

    def __str__(self) -> str:
        return self.name


class AgentSkill(models.Model):
    """How well an agent does it: 1 (learning) to 5 (teaches it)."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="agents")
    level = models.PositiveSmallIntegerField(default=3)

    class Meta:
        verbose_name = _("skill of an agent")
        verbose_name_plural = _("skills of agents")
        constraints = [
            models.UniqueConstraint(fields=["agent", "skill"], name="agent_skill_once"),
            models.CheckConstraint(condition=models.Q(level__range=(1, 5)), name="agent_skill_level_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"agent {self.agent_id}, skill {self.skill_id}: {self.level}"


class Certification(models.Model):
    """Leave to be offered a brand's work, from `valid_from` until before `valid_until` (null = no end)."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="certifications")
    brand_id = models.BigIntegerField()
    version = models.CharField(max_length=32)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)

    objects = CertificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("certification")
        verbose_name_plural = _("certifications")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gt=models.F("valid_from")),
                name="certification_ends_after_start",
            )
        ]
        indexes = [
            models.Index(fields=["agent", "brand_id"], name="certification_agent_brand"),
            models.Index(fields=["valid_until"], name="certification_by_end"),
        ]

    def __str__(self) -> str:
        return f"agent {self.agent_id}, brand {self.brand_id}, {self.version}"
