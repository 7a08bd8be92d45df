"""What every template may say about the person who reads it."""

from typing import Any

from django.http import HttpRequest


def actor(request: HttpRequest) -> dict[str, Any]:
    return {"actor": getattr(request, "actor", None), "idle_seconds": idle_seconds(request)}


def idle_seconds(request: HttpRequest) -> int | None:
    """How long the reader may do nothing before the session ends; None without such a rule."""
    minutes = getattr(getattr(request, "rules", None), "idle_minutes", None)
    return minutes * 60 if minutes else None
