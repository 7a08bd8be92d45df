"""The Celery application: tasks are hints, rows are the promise (ARCHITECTURE.md section 2)."""

import os

from celery import Celery

from config import beat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
app = Celery("trunkline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
beat.install(app)
