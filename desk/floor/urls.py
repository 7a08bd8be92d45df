"""The floor on the provider's host."""

from django.urls import path

from desk.floor import acts, views

app_name = "floor"

urlpatterns = [
    path("floor/", views.agents, name="agents"),
    path("floor/queues/", views.queues, name="queues"),
    path("floor/queues/<int:queue_id>/", views.queue, name="queue"),
    path("floor/agents/<int:agent_id>/state/", acts.state, name="state"),
    path("floor/agents/<int:agent_id>/", views.work, name="work"),
    path("floor/items/<uuid:ref>/priority/", acts.priority, name="priority"),
    path("floor/items/<uuid:ref>/return/", acts.give_back, name="return"),
    path("floor/items/<uuid:ref>/reassignment/", acts.reassign, name="reassign"),
    path("floor/items/<uuid:ref>/takeover/", acts.take_over, name="takeover"),
]
