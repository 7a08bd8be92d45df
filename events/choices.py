"""Kinds and actors of events."""

from django.db import models


class ActorKind(models.TextChoices):
    CONTACT = "contact"
    AGENT = "agent"
    BOT = "bot"
    SYSTEM = "system"
