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


def part(name: str, *, refuse: bool = False) -> None:
    with transaction.atomic():
        ClientGroup.objects.create(legal_name=name)
        if refuse:
            raise Refused


class DescribeUndivided:
    def it_sets_no_savepoints(self, db: None) -> None:
        with transaction.atomic(), CaptureQueriesContext(connection) as sent, undivided():
            part("one")
            part("two")
        assert not [each for each in sent if "SAVEPOINT" in each["sql"]]
        assert ClientGroup.objects.count() == 2

    def it_undoes_all_of_it(self, db: None) -> None:
        with pytest.raises(Refused), transaction.atomic(), undivided():
            part("one")
            part("two", refuse=True)
        assert not ClientGroup.objects.exists()

    def it_writes_nothing_for_who_goes_on_after_an_error(self, db: None) -> None:
        with pytest.raises(TransactionManagementError), transaction.atomic(), undivided():
            with suppress(Refused):
                part("one", refuse=True)
            part("two")
        assert not ClientGroup.objects.exists()
        part("three")
        assert ClientGroup.objects.get().legal_name == "three"
