"""The system checks say which variable to change."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.checks import CheckMessage, Tags, run_checks
from django.core.checks.registry import registry

from config import checks


@pytest.fixture
def wrong(settings: Any) -> Any:
    """Return a function that runs a check with settings changed and returns the ids of what it says."""

    def run(check: Any, **changed: Any) -> list[str]:
        for name, value in changed.items():
            setattr(settings, name, value)
        found: list[CheckMessage] = check(None)
        assert all(message.hint for message in found)
        return [str(message.id) for message in found]

    return run


def it_is_asked_by_the_check_command() -> None:
    known = registry.get_checks(include_deployment_checks=True)
    assert apps.get_app_config("config").__class__.__name__ == "ConfigConfig"
    assert {checks.every_app_in_one_list, checks.redis_is_understood, checks.demo_is_off} <= set(known)


def it_checks_the_rooms_admin_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_checks(tags=[Tags.admin]) == []
    users = admin.site._registry[apps.get_model("accounts", "User")]
    monkeypatch.setattr(users, "list_display", ["nothing_of_the_kind"])
    assert [message.id for message in run_checks(tags=[Tags.admin])] == ["admin.E108"]


def it_refuses_an_app_in_both_lists(wrong: Any, settings: Any) -> None:
    assert wrong(checks.every_app_in_one_list, TENANT_APPS=[*settings.TENANT_APPS, "accounts"]) == [
        "config.E001"
    ]


def it_refuses_an_app_in_no_list(wrong: Any, settings: Any) -> None:
    installed = [*settings.INSTALLED_APPS, "django.contrib.sites"]
    assert wrong(checks.every_app_in_one_list, INSTALLED_APPS=installed) == ["config.E002"]


def it_refuses_a_room_that_moved(wrong: Any, settings: Any) -> None:
    settings.SHARED_APPS = [*settings.SHARED_APPS, "crm"]
    settings.TENANT_APPS = [name for name in settings.TENANT_APPS if name != "crm"]
    assert wrong(checks.rooms_are_at_home) == ["config.E003"]


@pytest.mark.parametrize(
    ("check", "changed", "expected"),
    [
        (
            checks.secrets_are_set,
            {"SECRET_KEY": "short", "SETTINGS_MODULE": "config.settings.prod"},
            "config.E010",
        ),
        (checks.ports_differ, {"PORT": 8000, "LIVE_PORT": 8000}, "config.E011"),
        (checks.base_host_is_a_bare_name, {"BASE_HOST": "https://desk.example.com"}, "config.E012"),
        (checks.base_host_is_a_bare_name, {"BASE_HOST": "desk.example.com:8000"}, "config.E012"),
        (checks.redis_is_understood, {"REDIS_URL": "http://cache"}, "config.E013"),
        (checks.field_keys_are_set, {"FIELD_KEYS": []}, "config.E016"),
        (checks.field_keys_are_set, {"FIELD_KEYS": ["short"]}, "config.E016"),
        (checks.mail_has_one_kind_of_tls, {"EMAIL_USE_TLS": True, "EMAIL_USE_SSL": True}, "config.E017"),
        (checks.trusted_proxies_are_networks, {"TRUSTED_PROXIES": ["10.0.0.0/8", "lb-1"]}, "config.E018"),
        (checks.trusted_proxies_are_networks, {"TRUSTED_PROXIES": ["0.0.0.0/0"]}, "config.E018"),
        (checks.keeps_a_month_of_work, {"ROUTING_KEEP_DAYS": 7}, "config.E020"),
        (checks.demo_is_off, {"DEMO": True}, "config.W015"),
    ],
)
def it_names_what_to_change(wrong: Any, check: Any, changed: dict[str, Any], expected: str) -> None:
    assert wrong(check, **changed) == [expected]


def it_says_nothing_about_good_settings(wrong: Any) -> None:
    good = {
        "BASE_HOST": "desk.example.com",
        "REDIS_URL": "rediss://cache:6379/0",
        "PORT": 8000,
        "LIVE_PORT": 8001,
    }
    found = [
        wrong(check, **good)
        for check in (checks.ports_differ, checks.base_host_is_a_bare_name, checks.redis_is_understood)
    ]
    assert found == [[], [], []]
