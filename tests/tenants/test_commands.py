"""The room's commands say what they did, and what is missing."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tenants.management.commands.migrate_public import LOCK
from tenants.models import SpareSchema
from tenants.scope import labour_scope
from tests.database import boss_url


def said(*words: str, **options: Any) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def it_migrates_public_twice_without_harm(transactional_db: None) -> None:
    assert said("migrate_public", verbosity=0) == ""
    assert "No migrations to apply" in said("migrate_public", verbosity=2)


def it_leaves_no_lock_and_no_setting_on_the_connection(transactional_db: None, boss: Any) -> None:
    """A connection that is closed goes to the pool: the next one who migrates would wait for ever."""
    before = setting()
    said("migrate_public", verbosity=0)
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s"
    assert boss.execute(held, [LOCK]).fetchone() == (0,)
    assert setting() == before


def setting() -> str:
    with labour_scope(), connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return str(cursor.fetchone()[0])


def it_refills_the_pool(transactional_db: None) -> None:
    size = SpareSchema.objects.count() + 1
    assert said("refill_pool", "--size", str(size)) == "1 spare schemas made\n"
    assert said("refill_pool", "--size", str(size), verbosity=2).endswith("0 spare schemas made\n")


def it_tells_that_the_fleet_is_current(transactional_db: None) -> None:
    assert said("migrate_fleet") == "0 migrated, 2 were current\n"


def it_makes_roles_with_the_superusers_address(transactional_db: None) -> None:
    assert "migrate_public" in said("make_roles", "--superuser-url", boss_url())
    with pytest.raises(CommandError):
        said("make_roles", "--superuser-url", "postgresql://nobody@/nowhere?host=/nowhere")
    with pytest.raises(CommandError):
        said("make_roles", "--superuser-url", boss_url(), "--router-login", "nobody")
