"""What every template may say about the person who reads it."""

from django.http import HttpRequest

from accounts.actor import Actor


def actor(request: HttpRequest) -> dict[str, Actor | None]:
    return {"actor": getattr(request, "actor", None)}
