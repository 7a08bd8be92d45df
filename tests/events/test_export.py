"""The log taken along: every event of the days asked for, of one brand, as lines of JSON."""

import json
from io import StringIO
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command

from events import export
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.events.conftest import REF, at, write
from tests.factories import TESTS


def exported(slug: str, first: str, last: str) -> list[dict[str, Any]]:
    out = StringIO()
    call_command("export_log", "--brand", slug, "--from", first, "--to", last, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture
def day(acme: BrandCard, db: None) -> str:
    with tenant_scope(acme, TESTS):
        for n in (1, 2, 3):
            write(n, data={"of": n})
    return f"{at(1):%Y-%m-%d}"


def it_writes_every_event_of_the_day_once_whatever_the_page(day: str) -> None:
    with patch.object(export, "PAGE", 2):
        lines = exported("acme", day, day)
    assert [line["n"] for line in lines] == [1, 2, 3]
    assert {line["interaction_ref"] for line in lines} == {str(REF)}
    assert set(lines[0]) == set(export.NAMES)
    assert [line["data"] for line in lines] == [{"of": n} for n in (1, 2, 3)]


def it_writes_nothing_of_another_client_or_day(day: str) -> None:
    assert exported("globex", day, day) == []
    assert exported("acme", "2001-01-01", "2001-01-02") == []


def it_stands_in_the_trail(day: str) -> None:
    exported("acme", day, day)
    assert AuditRow.objects.filter(reason__startswith="log exported").exists()


@pytest.mark.parametrize(("slug", "last"), [("nobody", "2001-01-02"), ("acme", "2000-01-01")])
def it_refuses_with_words(day: str, slug: str, last: str) -> None:
    with pytest.raises(CommandError):
        exported(slug, "2001-01-01", last)
