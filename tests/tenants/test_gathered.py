"""What is written down together: all of it, in order, with the transaction; nothing of what was undone."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from interactions.actions import save_queue, save_words
from interactions.choices import DispositionKind
from interactions.models import Disposition
from interactions.values import Word
from tenants.audit import audit, gathered
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS

REASON = DispositionKind.REASON


def note(verb: str, brand: BrandCard) -> None:
    audit(verb, actor="user:1", brand_id=brand.id, now=NOW)


def written() -> QuerySet[AuditRow]:
    return AuditRow.objects.filter(actor="user:1").order_by("pk")


def verbs() -> list[str]:
    return list(written().values_list("verb", flat=True))


@pytest.mark.parametrize("turn", ["one", "another"])
def it_finds_nothing_that_another_test_wrote_apart(acme: BrandCard, db: None, turn: str) -> None:
    assert not AuditRow.objects.filter(verb="entry.refused").exists()
    audit("entry.refused", actor="user:1", brand_id=acme.id, object=turn, apart=True)
    assert AuditRow.objects.get(verb="entry.refused").object == turn


class DescribeGathered:
    def it_writes_all_of_it_in_order_at_the_end(self, acme: BrandCard, globex: BrandCard, db: None) -> None:
        with gathered():
            note("brand.created", acme)
            with gathered():
                note("brand.changed", globex)
            note("queue.created", acme)
            assert verbs() == []
        assert verbs() == ["brand.created", "brand.changed", "queue.created"]
        assert list(written().values_list("brand_id", flat=True)) == [
            acme.id, globex.id, acme.id,
        ]  # fmt: skip

    def it_writes_nothing_of_what_failed_and_is_over_after(self, acme: BrandCard, db: None) -> None:
        def fail() -> None:
            with transaction.atomic(), gathered():
                note("brand.created", acme)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        note("brand.changed", acme)
        assert verbs() == ["brand.changed"]


class DescribeWords:
    def it_makes_changes_and_leaves_alone(self, acme: BrandCard, db: None) -> None:
        words = [Word(REASON, "a", "One"), Word(REASON, "b", "Two", position=1)]
        with tenant_scope(acme, TESTS):
            assert save_words(words, actor="user:1", now=NOW) == 2
            assert save_words([*words, Word(REASON, "b", "2", position=1)][::2], actor="user:1", now=NOW) == 1
            rows = dict(Disposition.objects.values_list("code", "label"))
        assert rows == {"a": "One", "b": "2"}
        assert verbs() == ["disposition.created", "disposition.created", "disposition.changed"]
        assert written().latest("pk").diff == {"label": ["Two", "2"]}

    def it_stays_in_its_brand(self, acme: BrandCard, globex: BrandCard, db: None) -> None:
        with tenant_scope(acme, TESTS):
            save_words([Word(REASON, "a", "One")], actor="user:1", now=NOW)
        with tenant_scope(globex, TESTS):
            assert not Disposition.objects.exists()
        assert set(written().values_list("brand_id", flat=True)) == {acme.id}


class DescribeNumbers:
    @pytest.mark.parametrize(
        "numbers", [{"target_seconds": 0}, {"units": 101}, {"target_share": 0}, {"target_share": 101}]
    )
    def it_says_in_words_what_no_queue_can_have(
        self, acme: BrandCard, db: None, numbers: dict[str, Any]
    ) -> None:
        usual: dict[str, Any] = {"name": "Orders", "target_seconds": 40}
        with tenant_scope(acme, TESTS), pytest.raises(ValidationError) as caught:
            save_queue(actor="user:1", now=NOW, **(usual | numbers))
        assert list(caught.value.message_dict) == list(numbers)
