"""The portal's addresses on a brand's host."""

from django.urls import path

from accounts.handoff import enter, leave, stop_seeing
from portal import audit, blocks, commitments, conversations, forecasts, hours, queues, sight, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("enter/<str:code>/", enter, name="enter"),
    path("leave/", leave, name="leave"),
    path("see-as/end/", stop_seeing, name="see-as-end"),
    path("report/", views.report, name="report"),
    path("report/queues/", queues.every, name="queues"),
    path("report/queues/export/", queues.export, name="queues-export"),
    path("report/queues/<uuid:ref>/", queues.one, name="queue"),
    path("report/queues/<uuid:ref>/export/", queues.export, name="queue-export"),
    path("report/hours/", hours.hours, name="hours"),
    path("report/forecast/", forecasts.forecast, name="forecast"),
    path("report/forecast/upload/", forecasts.upload, name="forecast-upload"),
    path("report/forecast/template/", forecasts.template, name="forecast-template"),
    path("report/forecast/<uuid:ref>/", forecasts.version, name="forecast-version"),
    path("report/forecast/<uuid:ref>/use/", forecasts.use, name="forecast-use"),
    path("report/forecast/<uuid:ref>/discard/", forecasts.discard, name="forecast-discard"),
    path("report/metrics/", views.metrics, name="metrics"),
    path("report/exclusions/<uuid:ref>/answer/", views.answer_exclusion, name="exclusion-answer"),
    path("report/exclusions/<uuid:ref>/reversal/", views.reverse_exclusion, name="exclusion-reversal"),
    path("report/rows/<slug:slug>/", views.rows, name="rows"),
    path("report/commitments/<uuid:ref>/rows/", commitments.commitment_rows, name="commitment-rows"),
    path("report/conversations/<uuid:ref>/", views.conversation, name="conversation"),
    path("conversations/", conversations.conversations, name="conversations"),
    path("blocks/", blocks.blocks, name="blocks"),
    path("blocks/<uuid:ref>/lift/", blocks.lift, name="block-lift"),
    path("audit/", audit.audit, name="audit"),
    path("audit/chain/", audit.chain, name="audit-chain"),
    path("access/", sight.access, name="access"),
    path("access/export/", sight.export, name="access-export"),
    path("audit/verify_chain.py", audit.script, name="audit-script"),
]
