"""Sockets only (daphne). Pages are WSGI: see docs/architecture.md."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
django.setup()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from config.sockets import urlpatterns  # noqa: E402
from core.asgi import no_pages  # noqa: E402
from core.heap import settle  # noqa: E402

application = ProtocolTypeRouter({"http": no_pages, "websocket": URLRouter(urlpatterns)})
settle()
