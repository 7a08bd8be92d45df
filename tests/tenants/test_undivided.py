"""A verb of many verbs is whole or not at all, without savepoints."""

from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from tenants.binding import undivided
from tenants.models import ClientGroup


class Refused(Exception):
    pass


def part(name: str, *, refused: bool = False) -> None:
    with transaction.atomic():
        ClientGroup.objects.create(legal_name=name)
        if refused:
            raise Refused


def whole(*, refused: bool = False, goes_on: bool = False) -> None:
    with transaction.atomic(), undivided():
        part("one")
        with suppress(*([Refused] if goes_on else [])):
            part("two", refused=refused)
        part("three")


class DescribeUndivided:
    def it_sets_no_savepoints(self, db: None) -> None:
        with CaptureQueriesContext(connection) as sent:
            whole()
        words = [each["sql"].split()[0] for each in sent if "SAVEPOINT" in each["sql"]]
        assert words == ["SAVEPOINT", "RELEASE"], "the one of the whole, within the test's transaction"
        assert ClientGroup.objects.count() == 3

    def it_undoes_all_of_it(self, db: None) -> None:
        with pytest.raises(Refused):
            whole(refused=True)
        assert not ClientGroup.objects.exists()

    def it_writes_nothing_for_who_goes_on_after_an_error(self, db: None) -> None:
        with pytest.raises(TransactionManagementError):
            whole(refused=True, goes_on=True)
        assert not ClientGroup.objects.exists()
        part("later")
        assert ClientGroup.objects.get().legal_name == "later"
