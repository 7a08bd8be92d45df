"""System checks: the schema home of each app and model, and that nothing crosses."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core import checks
from django.db import models

from tenants.guard import BrandModel, BrandQuerySet
from tenants.router import labels


@checks.register
def schema_homes(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """No app in both lists, no foreign key between the planes, every brand model guarded."""
    return [*_lists(), *_crossings(), *_unguarded()]


def _lists() -> Iterator[checks.CheckMessage]:
    for name in sorted(set(settings.SHARED_APPS) & set(settings.TENANT_APPS)):
        yield checks.Error(f"{name} is in SHARED_APPS and in TENANT_APPS", id="tenants.E001")
    if settings.DATABASES["default"].get("ENGINE") != "tenants.postgresql":
        yield checks.Error("DATABASES['default']['ENGINE'] must be tenants.postgresql", id="tenants.E004")


def _crossings() -> Iterator[checks.CheckMessage]:
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            other = getattr(field, "remote_field", None) and field.related_model
            if isinstance(other, type) and _is_brands(other) != _is_brands(model):
                yield checks.Error(
                    f"{model._meta.label}.{field.name} crosses schemas: keep the id in a plain column",
                    obj=model,
                    id="tenants.E002",
                )


def _unguarded() -> Iterator[checks.CheckMessage]:
    for model in brand_models():
        managers = (model._default_manager, model._base_manager)
        guarded = all(issubclass(m._queryset_class, BrandQuerySet) for m in managers)  # type: ignore[attr-defined]
        if not (issubclass(model, BrandModel) and guarded):
            yield checks.Error(
                f"{model._meta.label} must build on tenants.guard.BrandModel and BrandQuerySet",
                obj=model,
                id="tenants.E003",
            )


def brand_models() -> list[type[models.Model]]:
    """Return the models whose tables stand in each brand's schema."""
    return [model for model in apps.get_models() if _is_brands(model)]


def _is_brands(model: type[models.Model]) -> bool:
    return model._meta.app_label in labels("TENANT_APPS")
