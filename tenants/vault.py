"""Every sealed column of the house, and its way to a new key: `public` once, then brand by brand."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models.functions import Cast

from core.secrets import SecretError, SecretField, current_prefix, key_ring
from tenants.cards import card_of
from tenants.checks import brand_models
from tenants.choices import BrandState
from tenants.models import Brand
from tenants.scope import Grant, Scope, labour_scope, tenant_scope

BATCH = 200

Progress = Callable[[str, int, int], None]
Enter = Callable[[], AbstractContextManager[Scope]]


@dataclass(frozen=True)
class Shelf:
    """One sealed column in one schema. `where` names the schema: "public", or the brand's slug."""

    where: str
    enter: Enter
    model: type[models.Model]
    field: SecretField

    def __str__(self) -> str:
        return f"{self.where}: {self.field.place}"

    def rows(self) -> "models.QuerySet[models.Model]":
        """The rows that hold something, with `sealed`: what stands in the table."""
        raw = Cast(models.F(self.field.attname), models.CharField())
        return self.model._base_manager.annotate(sealed=raw).exclude(sealed="")


def shelves(leave: Callable[[], Grant]) -> Iterator[Shelf]:
    """Go through all sealed columns; `leave` to enter the brands is asked for only where they have any."""
    brands_own = set(brand_models())
    public = [model for model in apps.get_models() if model not in brands_own]
    yield from _of("public", labour_scope, public)
    if any(map(_sealed, brands_own)):
        with labour_scope():
            cards = [card_of(row) for row in Brand.objects.exclude(state=BrandState.GONE).order_by("pk")]
        grant = leave()
        for card in cards:
            yield from _of(card.slug, partial(tenant_scope, card, grant), list(brands_own))


def rotate(shelf: Shelf, *, progress: Progress = lambda shelf, done, left: None) -> int:
    """Seal the column anew with the first key; returns how many rows it was.

    Rows that are sealed with it already are passed over, so a run that was stopped is simply run again.
    Raises SecretError for a value that no key opens.
    """
    with shelf.enter():
        stale = shelf.rows().exclude(sealed__startswith=current_prefix())
        keys = list(stale.order_by("pk").values_list("pk", flat=True))
    done = 0
    for start in range(0, len(keys), BATCH):
        done += _reseal(shelf, keys[start : start + BATCH])
        progress(str(shelf), done, len(keys))
    return done


def unknown_keys(shelf: Shelf) -> dict[str, int]:
    """Return how many rows of the column each key sealed that FIELD_KEYS does not have, by the key's id."""
    known = key_ring()
    with shelf.enter():
        found = list(shelf.rows().values_list("sealed", flat=True).iterator())
    ids = [sealed.split(".")[1] if sealed.count(".") == 2 else "none" for sealed in found]
    return {one: ids.count(one) for one in sorted(set(ids)) if one not in known}


def _reseal(shelf: Shelf, keys: list[Any]) -> int:
    """Seal some rows anew; one that was written meanwhile has the new key already."""
    done = 0
    with shelf.enter(), transaction.atomic():
        for pk, sealed in shelf.rows().filter(pk__in=keys).values_list("pk", "sealed"):
            opened = shelf.field.from_db_value(sealed)
            done += shelf.rows().filter(pk=pk, sealed=sealed).update(**{shelf.field.attname: opened})
    return done


def _of(where: str, enter: Enter, found: list[type[models.Model]]) -> Iterator[Shelf]:
    for model in sorted(found, key=lambda model: model._meta.label):
        yield from (Shelf(where, enter, model, field) for field in _sealed(model))


def _sealed(model: type[models.Model]) -> list[SecretField]:
    return [field for field in model._meta.local_fields if isinstance(field, SecretField)]


__all__ = ["SecretError", "Shelf", "rotate", "shelves", "unknown_keys"]
