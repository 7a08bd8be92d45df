"""Schema home and the direction of foreign keys (HOUSE.md section 1)."""

from django.apps import apps
from django.conf import settings
from django.db.models import Field, Model

from config import checks

LAYERS = (
    "core", "tenants", "accounts", "workforce", "events", "crm", "interactions", "routing", "reporting",
    "desk", "portal", "config",
)  # fmt: skip


def room(model: type[Model]) -> str:
    return model._meta.app_config.name if model._meta.app_config else ""


def our_models() -> list[type[Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if room(model) in LAYERS]


def relations() -> list[tuple[type[Model], Field, type[Model]]]:  # type: ignore[type-arg]
    """Every foreign key, one-to-one and many-to-many of ours, with strings resolved."""
    return [
        (model, field, field.related_model)
        for model in our_models()
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]
        if isinstance(field.related_model, type)
    ]


def lives_in_brand(model: type[Model]) -> bool:
    return room(model) in settings.TENANT_APPS


def it_crosses_no_schema() -> None:
    crossing = [
        f"{field} -> {target._meta.label}"
        for model, field, target in relations()
        if lives_in_brand(model) != lives_in_brand(target)
    ]
    assert crossing == []


def it_points_down_only() -> None:
    upward = [
        f"{field} -> {target._meta.label}"
        for model, field, target in relations()
        if room(target) in LAYERS and LAYERS.index(room(target)) > LAYERS.index(room(model))
    ]
    assert upward == []


def it_has_every_room_at_home() -> None:
    assert checks.every_app_in_one_list(None) == []
    assert checks.rooms_are_at_home(None) == []
    assert {room(model) for model in our_models()} <= {*checks.PUBLIC_ROOMS, *checks.BRAND_ROOMS}


def it_guards_every_model_of_a_brand() -> None:
    from tenants.guard import BrandModel

    plain = [
        model._meta.label
        for model in our_models()
        if lives_in_brand(model) and not issubclass(model, BrandModel)
    ]
    assert plain == []
