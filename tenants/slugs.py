"""Short names of brands: which are good, which are taken, and which a reader would take for another's."""

import re

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from tenants.choices import BrandState
from tenants.models import SLUG, Brand
from tenants.scope import labour_scope

RESERVED = frozenset({"www", "api", "admin", "static", "app", "mail", "status", "help", "new", "ws", "live"})
LOOKS = (
    ("rn", "m"),
    ("vv", "w"),
    ("cl", "d"),
    ("0", "o"),
    ("1", "l"),
    ("i", "l"),
    ("5", "s"),
    ("2", "z"),
    ("8", "b"),
)
MOST = 40


def skeleton(slug: str) -> str:
    """Return what the name looks like at a glance: two names of one skeleton are easily confused."""
    bare = slug.lower().replace("-", "")
    for written, seen in LOOKS:
        bare = bare.replace(written, seen)
    return bare


def fault_of(slug: str, *, apart_from: int | None = None) -> "str | Promise":
    """Return why the name cannot be had, "" when it can. `apart_from`: the brand that has it already."""
    try:
        SLUG(slug)
    except ValidationError:
        return _("Up to 40 lower-case letters, digits and hyphens; neither first nor last a hyphen.")
    if slug in RESERVED:
        return _("This short name is reserved.")
    return _taken(slug, apart_from)


def suggestion(name: str) -> str:
    """Return the name as a free short name, with a number where it is taken; "" when nothing is left."""
    base = re.sub(r"[^a-z0-9-]", "", slugify(name))[:MOST].strip("-")
    candidates = [base, *(f"{base[: MOST - 3]}-{number}" for number in range(2, 10))] if base else []
    return next((one for one in candidates if not fault_of(one)), base)


def _taken(slug: str, apart_from: int | None) -> "str | Promise":
    with labour_scope():
        rows = Brand.objects.exclude(state=BrandState.GONE).exclude(pk=apart_from)
        others = list(rows.values_list("slug", flat=True))
    if slug in others:
        return _("This short name is taken.")
    alike = next((other for other in others if skeleton(other) == skeleton(slug)), None)
    return _("This looks like %(other)s, another client.") % {"other": alike} if alike else ""
