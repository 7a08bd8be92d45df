"""The object guard: a row or a queryset knows the brand it came from and refuses to work in another.

Base classes of every model and queryset in the brand rooms. The database's roles and the disjoint ids are the
wall; this says early and by name what went wrong. A queryset made while nothing is bound (at import: forms,
views) takes the brand of its first use.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Self, TypeVar

from django.db import connection, models
from django.db.models import sql
from django.db.models.expressions import BaseExpression

from core.compact import compact_kept
from tenants.binding import WrongScope, current_brand

__all__ = ["BrandManager", "BrandModel", "BrandQuerySet", "WrongScope", "as_records", "as_row", "columns"]

M = TypeVar("M", bound=models.Model)
B = TypeVar("B", bound="BrandModel")


def _require(made_in: int | None, doing: str) -> int:
    """Return the brand that is bound; raises WrongScope for none, or for another than `made_in`."""
    here = current_brand()
    if here is None:
        raise WrongScope(f"{doing}: no brand is bound")
    if made_in is not None and made_in != here:
        raise WrongScope(f"{doing}: made in brand {made_in}, used in brand {here}")
    return here


def _look(value: object) -> None:
    """Refuse a value of another brand as part of a query: rows, querysets, and whatever holds them."""
    if isinstance(value, BrandModel):
        _require(value._brand, "a row in a query")
    elif isinstance(value, BrandQuerySet):
        _require(value._brand, "a queryset in a query")
    elif isinstance(value, BrandQuery):
        _require(value._brand, "a subquery")
    elif isinstance(value, models.Q):
        _look_at_all(child[1] if isinstance(child, tuple) else child for child in value.children)
    elif isinstance(value, BaseExpression):
        _look_at_all(value.get_source_expressions())
        _look(getattr(value, "query", None))
    elif isinstance(value, (list, tuple, set, frozenset)):
        _look_at_all(value)


def _look_at_all(values: Iterable[object]) -> None:
    for value in values:
        _look(value)


class BrandQuery(sql.Query):
    """SQL in the making. It keeps its brand through clones, into subqueries and unions."""

    _brand: int | None = None

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        self._brand = _require(self._brand, "a query")
        return super().get_compiler(*args, **kwargs)

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        if current_brand() is not None or self._brand is not None:
            _require(self._brand, "a subquery")
        return super().resolve_expression(*args, **kwargs)


class BrandQuerySet(models.QuerySet[M]):
    """Base of every queryset in the brand rooms."""

    def __init__(
        self,
        model: type[M] | None = None,
        query: sql.Query | None = None,
        using: str | None = None,
        hints: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(model, query or _query(model), using, hints)
        self._brand: int | None = current_brand()
        self._stamp()
        _look((hints or {}).get("instance"))

    def _stamp(self) -> None:
        if isinstance(self.query, BrandQuery) and self.query._brand is None:
            self.query._brand = self._brand

    def _enter(self, doing: str) -> None:
        self._brand = _require(self._brand, doing)
        self._stamp()

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone._brand = self._brand if self._brand is not None else current_brand()
        clone._stamp()
        return clone

    def _add_hints(self, **hints: Any) -> None:
        _look(hints.get("instance"))
        super()._add_hints(**hints)  # type: ignore[misc]

    def _filter_or_exclude_inplace(self, negate: bool, args: Any, kwargs: Any) -> None:
        _look_at_all(args)
        _look_at_all(kwargs.values())
        super()._filter_or_exclude_inplace(negate, args, kwargs)  # type: ignore[misc]

    def _annotate(self, args: Any, kwargs: Any, select: bool = True) -> Self:
        _look_at_all(args)
        _look_at_all(kwargs.values())
        return super()._annotate(args, kwargs, select)  # type: ignore[misc, no-any-return]

    def _combinator_query(self, combinator: str, *others: Any, all: bool = False) -> Self:
        _look_at_all(others)
        return super()._combinator_query(combinator, *others, all=all)  # type: ignore[misc, no-any-return]

    def __and__(self, other: Any) -> Self:
        _look(other)
        return super().__and__(other)

    def __or__(self, other: Any) -> Self:
        _look(other)
        return super().__or__(other)

    def __xor__(self, other: Any) -> Self:
        _look(other)
        return super().__xor__(other)

    def _fetch_all(self) -> None:
        self._enter("evaluate")
        super()._fetch_all()

    def iterator(self, chunk_size: int | None = None) -> Iterator[M]:
        """As Django's; each row is handed out in the scope the reading began in."""
        self._enter("iterate")
        return self._iterate(super().iterator(chunk_size))

    def _iterate(self, rows: Iterator[M]) -> Iterator[M]:
        for row in rows:
            _require(self._brand, "iterate")
            yield row

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._enter("aggregate")
        return super().aggregate(*args, **kwargs)

    def count(self) -> int:
        self._enter("count")
        return super().count()

    def exists(self) -> bool:
        self._enter("exists")
        return super().exists()

    def contains(self, obj: models.Model) -> bool:
        self._enter("contains")
        _look(obj)
        return super().contains(obj)

    def in_bulk(self, *args: Any, **kwargs: Any) -> dict[Any, M]:
        self._enter("in_bulk")
        return super().in_bulk(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        self._enter("update")
        _look_at_all(kwargs.values())
        return super().update(**kwargs)

    def _update(self, values: Any, **kwargs: Any) -> int:
        self._enter("update")
        return super()._update(values, **kwargs)  # type: ignore[misc, no-any-return]

    def delete(self) -> tuple[int, dict[str, int]]:
        self._enter("delete")
        return super().delete()

    def _raw_delete(self, using: str | None) -> int:
        self._enter("delete")
        return super()._raw_delete(using)

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        self._enter("create")
        rows = list(objs)
        _admit(rows)
        return super().bulk_create(rows, *args, **kwargs)

    def bulk_update(self, objs: Iterable[M], fields: Iterable[str], *args: Any, **kwargs: Any) -> int:
        self._enter("update")
        rows = list(objs)
        _admit(rows)
        return super().bulk_update(rows, fields, *args, **kwargs)

    def raw(self, *args: Any, **kwargs: Any) -> Any:
        raise WrongScope("raw SQL makes rows the guard cannot follow: use a queryset or a cursor")


def _query(model: type[models.Model] | None) -> BrandQuery | None:
    return BrandQuery(model) if model is not None else None


def _admit(rows: Iterable[models.Model]) -> None:
    for row in rows:
        if isinstance(row, BrandModel):
            row._enter("save")


def as_records(rows: Iterable["BrandModel"], names: Iterable[str]) -> str:
    """Return columns of the rows for a written-out statement, as `json_populate_recordset` reads them.

    Raises WrongScope for rows of another brand; TypeError for what JSON cannot say.
    """
    known, columns = list(rows), list(names)
    _admit(known)
    return compact_kept([{name: getattr(row, name) for name in columns} for row in known])


def columns(model: type["BrandModel"]) -> list[str]:
    """Return the columns that a written-out statement selects for `as_row`, in their order."""
    return [field.attname for field in model._meta.concrete_fields]


def as_row(model: type[B], values: Sequence[Any]) -> B:
    """Make the row of its `columns` as a written-out statement in the bound brand returned them."""
    fields = model._meta.concrete_fields
    read = [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(fields, values, strict=True)
    ]
    return model.from_db(connection.alias, columns(model), read)


class BrandManager(models.Manager.from_queryset(BrandQuerySet)[M]):  # type: ignore[misc]
    """The manager of a brand's model; a room's own: `BrandManager.from_queryset(MessageQuerySet)`."""


class BrandModel(models.Model):
    """Base of every model in the brand rooms."""

    objects = BrandManager()

    _brand: int | None = None

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._brand = current_brand()
        super().__init__(*args, **kwargs)

    def _enter(self, doing: str) -> None:
        """Refuse to work in another brand than the row's, or with rows of another behind its foreign keys."""
        self._brand = _require(self._brand, doing)
        for field in self._meta.concrete_fields:
            if field.is_relation:
                _look(self._state.fields_cache.get(field.name))

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        self._enter("save")
        super().save_base(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._enter("delete")
        return super().delete(*args, **kwargs)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self._enter("refresh")
        super().refresh_from_db(*args, **kwargs)
