"""Rows of this room in Django's admin, to look at: they change in the console, through the verbs."""

from django.contrib import admin

from routing.models import AgentLimit, ChannelBar, Decision, Overflow, Pool, QueuePlan, Ramp
from tenants.admin import ReadOnly


@admin.register(Pool)
class PoolAdmin(ReadOnly):
    list_display = ("name", "kind", "brand_id", "retired_at")
    list_filter = ("kind",)
    ordering = ("name",)


@admin.register(QueuePlan)
class QueuePlanAdmin(ReadOnly):
    list_display = ("label", "brand_id", "channel", "strategy", "scorer", "holdout")
    ordering = ("brand_id", "label")


@admin.register(Overflow)
class OverflowAdmin(ReadOnly):
    list_display = ("plan", "when", "threshold", "pool", "helper")
    list_select_related = ("plan", "pool", "helper")
    ordering = ("-pk",)


@admin.register(ChannelBar)
class ChannelBarAdmin(ReadOnly):
    list_display = ("doing", "asked")
    ordering = ("doing", "asked")


@admin.register(Ramp)
class RampAdmin(ReadOnly):
    list_display = ("name", "steps")
    ordering = ("name",)


@admin.register(AgentLimit)
class AgentLimitAdmin(ReadOnly):
    list_display = ("agent", "channel", "brand_id", "at_once")
    list_select_related = ("agent",)
    ordering = ("-pk",)


@admin.register(Decision)
class DecisionAdmin(ReadOnly):
    list_display = ("at", "work_item_id", "brand_id", "agent_id", "why")
    list_filter = ("why",)
    show_full_result_count = False
    ordering = ("-at",)
