"""The sign-ins of the demo world that have a screen, for `up`, the sign-in page and simulations."""

import json
from pathlib import Path
from typing import TypedDict

from django.conf import settings

from accounts.choices import Role
from accounts.permissions import CLIENT_ROLES
from config.worlds.cast import AGENTS, BRANDS, OPERATOR, PASSWORD, STAFF


class SignIn(TypedDict):
    """On `host`, `email` with `password` is `what`; `brand` is a slug, "" for the provider's people."""

    host: str
    name: str
    email: str
    password: str
    what: str
    brand: str


def signins() -> list[SignIn]:
    """Return the people who have a screen, and what they see there."""
    names = {plan.slug: plan.name for plan in BRANDS}
    rows = [_row(plan.name, plan.email, _agent(plan.brands, names)) for plan in AGENTS]
    rows.append(_row(*OPERATOR, "operator"))
    for name, email, role, slug in STAFF:
        what = str(Role(role).label).lower() + (f" of {names[slug]}" if slug else "")
        rows.append(_row(name, email, what, slug=slug if role in CLIENT_ROLES else ""))
    for brand in BRANDS:
        rows.append(_row(*brand.manager, f"client manager of {brand.name}", slug=brand.slug))
    return rows


def write_signins() -> None:
    """Put them where `up` reads them."""
    path = Path(settings.VAR) / "run" / "signins.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [{**row, "what": f"{row['name']}, {row['what']}"} for row in signins()]
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1))


def _agent(slugs: dict[str, str], names: dict[str, str]) -> str:
    return f"agent of {' and '.join(names[slug] for slug in slugs)}"


def _row(name: str, email: str, what: str, *, slug: str = "") -> SignIn:
    host = f"{slug}.{settings.BASE_HOST}" if slug else settings.BASE_HOST
    return {"host": host, "name": name, "email": email, "password": PASSWORD, "what": what, "brand": slug}
