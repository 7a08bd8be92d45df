"""Programs that call the API on both kinds of hosts, with keys of all sorts."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.keys.actions import create_key, revoke_key
from accounts.keys.models import ApiKey
from accounts.keys.scopes import scopes_for
from core import clock
from tenants.cards import BrandCard

PROVIDER = "localhost:8000"
_calls = count(1)


@dataclass
class Program:
    """A caller of the API: `program.get("brands/")`; each POST has an Idempotency-Key of its own."""

    secret: str
    host: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, path: str, **query: str) -> Any:
        return self.ask("get", path, query)

    def post(self, path: str, body: Any = None, *, once: str | None = "") -> Any:
        """`once`: the key of the call; "" for a fresh one, None for none."""
        once = f"call-{next(_calls)}" if once == "" else once
        headers = {} if once is None else {"Idempotency-Key": once}
        said = json.dumps({} if body is None else body)
        return self.ask("post", path, said, content_type="application/json", headers=headers)

    def put(self, path: str, body: Any = None) -> Any:
        said = json.dumps({} if body is None else body)
        return self.ask("put", path, said, content_type="application/json")

    def delete(self, path: str) -> Any:
        return self.ask("delete", path)

    def ask(self, method: str, path: str, *body: Any, headers: Any = None, **more: Any) -> Any:
        known = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        sent = {"host": self.host, **known, **(headers or {})}
        return getattr(self.client, method)(f"/api/v1/{path}", *body, headers=sent, **more)


Make = Callable[..., Program]


def host_of(brand: BrandCard | None) -> str:
    return f"{brand.slug}.{PROVIDER}" if brand else PROVIDER


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """No test inherits the calls that another one counted."""
    cache.clear()


@pytest.fixture
def program(db: None) -> Make:
    """Make a program: `program()` is the provider's, `program(acme)` a brand's, all scopes or `scopes`."""

    def make(
        brand: BrandCard | None = None, *, scopes: Sequence[str] | None = None, host: str = "", **fields: Any
    ) -> Program:
        brand_id = brand.id if brand else None
        wanted = scopes_for(brand_id) if scopes is None else scopes
        made = create_key(
            "Warehouse", scopes=wanted, brand_id=brand_id, actor="test", now=clock.now(), **fields
        )
        return Program(made.secret, host or host_of(brand))

    return make


def expire(program: Program) -> None:
    past = clock.now() - timedelta(hours=1)
    ApiKey.objects.filter(prefix=program.secret[:13]).update(
        created_at=past - timedelta(days=1), expires_at=past
    )


def revoke(program: Program) -> None:
    row = ApiKey.objects.get(prefix=program.secret[:13])
    revoke_key(row.ref, brand_id=row.brand_id, actor="test", now=clock.now())
