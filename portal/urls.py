"""The portal's addresses on a brand's host."""

from django.urls import path

from accounts.handoff import enter, leave, stop_seeing
from portal import audit, blocks, commitments, conversations, hours, issued, queues, reasons, sight, views

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
    path("report/reasons/export/", reasons.export, name="reasons-export"),
    path("report/metrics/", views.metrics, name="metrics"),
    path("report/exclusions/<uuid:ref>/answer/", views.answer_exclusion, name="exclusion-answer"),
    path("report/rows/<slug:slug>/", views.rows, name="rows"),
    path("report/commitments/<uuid:ref>/rows/", commitments.commitment_rows, name="commitment-rows"),
    path("report/conversations/<uuid:ref>/", views.conversation, name="conversation"),
    path("reports/", issued.reports, name="reports"),
    path("reports/<uuid:ref>/", issued.one, name="issued"),
    path("reports/<uuid:ref>/changes/", issued.what_changed, name="issued-changes"),
    path("reports/<uuid:ref>/file/", issued.file, name="issued-file"),
    path("conversations/", conversations.conversations, name="conversations"),
    path("blocks/", blocks.blocks, name="blocks"),
    path("blocks/<uuid:ref>/lift/", blocks.lift, name="block-lift"),
    path("audit/", audit.audit, name="audit"),
    path("audit/chain/", audit.chain, name="audit-chain"),
    path("access/", sight.access, name="access"),
    path("access/export/", sight.export, name="access-export"),
    path("audit/verify_chain.py", audit.script, name="audit-script"),
]
