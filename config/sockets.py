"""The websocket routes: two for staff, one for a client's people, one for visitors."""

from django.urls import path

from desk.consumers import DeskConsumer
from desk.floor.consumer import FloorConsumer
from interactions.connectors.webchat.consumers import VisitorConsumer
from portal.consumer import PortalConsumer

urlpatterns = [
    path("ws/desk/", DeskConsumer.as_asgi()),
    path("ws/floor/", FloorConsumer.as_asgi()),
    path("ws/portal/", PortalConsumer.as_asgi()),
    path("ws/chat/", VisitorConsumer.as_asgi()),
]
