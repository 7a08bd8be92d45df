"""What the live server answers to plain HTTP: it carries sockets, pages have a process of their own."""

from collections.abc import Awaitable, Callable
from typing import Any


async def no_pages(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """Answer the health check, 404 to everything else."""
    healthy = scope["path"] == "/healthz"
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 200 if healthy else 404, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok\n" if healthy else b"Not found\n"})
