"""Rows of this room in Django's admin, to look at: people change in the console, through the verbs."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from tenants.admin import ReadOnly
from workforce.models import Agent, BulkChange, Certification, Departure, Site, Skill, StaffImport, Team


@admin.register(Agent)
class AgentAdmin(ReadOnly):
    list_display = ("employee_no", "user", "team", "site", "hired_on", "left_on")
    list_filter = ("site", "team")
    list_select_related = ("user", "team", "site")
    search_fields = ("employee_no", "user__email", "user__name")
    ordering = ("employee_no",)


@admin.register(Site)
class SiteAdmin(ReadOnly):
    list_display = ("name", "timezone", "archived_at")
    ordering = ("name",)


@admin.register(Team)
class TeamAdmin(ReadOnly):
    list_display = ("name", "site", "lead", "archived_at")
    list_select_related = ("site", "lead")
    ordering = ("site__name", "name")


@admin.register(Skill)
class SkillAdmin(ReadOnly):
    list_display = ("code", "name", "archived_at")
    ordering = ("code",)


@admin.register(Certification)
class CertificationAdmin(ReadOnly):
    list_display = ("agent", "brand_id", "version", "valid_from", "valid_until")
    list_select_related = ("agent",)
    ordering = ("-pk",)


@admin.register(Departure)
class DepartureAdmin(ReadOnly):
    list_display = ("agent", "last_day", "leave_at", "state", "by")
    list_filter = ("state",)
    list_select_related = ("agent",)
    ordering = ("-pk",)


@admin.register(StaffImport)
class StaffImportAdmin(ReadOnly):
    """Files without their text, which is sealed."""

    list_display = ("created_at", "filename", "state", "by", "imported_at")
    exclude = ("text",)
    ordering = ("-created_at",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[StaffImport]:
        return super().get_queryset(request).defer("text")


@admin.register(BulkChange)
class BulkChangeAdmin(ReadOnly):
    list_display = ("made_at", "by", "count", "undone_at")
    ordering = ("-made_at",)
