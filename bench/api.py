"""How fast the API sets a client up: the whole call, from the key to the brand with lines, hours and chat."""

import json
import os
from datetime import timedelta
from functools import partial
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.test import Client

from accounts.keys.actions import create_key
from accounts.keys.scopes import PROVIDER_SCOPES
from bench.harness import Row, quantile, row, timed
from core import clock
from tenants import actions
from tenants.cards import card_by_slug

CALLS = int(os.environ.get("BENCH_BRANDS", "40"))
LIMIT_MS = 100


def api_row() -> Row:
    """Set CALLS clients up, one after the other, while the pool lasts; they are dropped after."""
    actions.refill_pool(CALLS + 1)
    headers = {"Authorization": f"Bearer {secret()}"}
    client = Client()
    slugs = [f"bench-{token_hex(6)}" for _place in range(CALLS + 1)]
    try:
        taken = [timed(partial(create, client, headers, slug), 1)[0] for slug in slugs][1:]
    finally:
        for card in filter(None, map(card_by_slug, slugs)):
            actions.drop_brand(card.id, actor="bench", now=clock.now())
    slow = quantile(taken, 0.95) * 1000
    words = f"POST /api/v1/brands/ with the blueprint Retail, in one process, n = {len(taken)}"
    return row(
        "onboarding", "api_p95", slow, "ms", target=f"<= {LIMIT_MS} ms", holds=slow <= LIMIT_MS, detail=words
    )


def secret() -> str:
    """Return the secret of a key that is good for an hour."""
    now = clock.now()
    until = now + timedelta(hours=1)
    return create_key(
        "bench", scopes=PROVIDER_SCOPES, brand_id=None, expires_at=until, actor="bench", now=now
    ).secret


def create(client: Client, headers: dict[str, str], slug: str) -> None:
    """Make one. Raises RuntimeError when it was not made."""
    brand = {"name": slug, "slug": slug, "timezone": "Europe/Stockholm", "locales": ["en"]}
    answer: Any = client.post(
        "/api/v1/brands/", json.dumps({"blueprint": "retail", "brand": brand}),
        content_type="application/json",
        headers={**headers, "host": settings.BASE_HOST, "Idempotency-Key": slug},
    )  # fmt: skip
    if answer.status_code != 201:
        raise RuntimeError(f"the API answered {answer.status_code}: {answer.content[:500]!r}")
