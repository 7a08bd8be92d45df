"""Reasons to be away, and who pays for them from when on."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import NotFound
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tests.factories import NOW
from workforce import queries
from workforce.errors import NameTaken
from workforce.models import AvailabilityReason, ReasonTerm
from workforce.staff import reasons
from workforce.staff.reasons import TermRefused, is_billable, terms_of

pytestmark = pytest.mark.django_db
WHO: dict[str, Any] = {"actor": "user:1", "now": NOW}
TODAY = date(2026, 3, 2)


def make(label: str = "Prayer", **more: Any) -> AvailabilityReason:
    said: dict[str, Any] = {"label": label, "kind": "break", "paid": True} | more
    return reasons.save_reason(**said, **WHO)


def menu() -> list[str]:
    return [one.code for one in queries.reasons()]


def pays(row: AvailabilityReason, card: BrandCard, billable: bool, since: date = TODAY) -> ReasonTerm:
    return reasons.set_term(row.pk, brand_id=card.id, billable=billable, since=since, **WHO)


class DescribeReasons:
    def it_is_last_in_the_menu_and_keeps_its_code(self) -> None:
        row = make("Quiet  room")
        assert menu() == ["break", "meal", "training", "meeting", "quiet-room"]
        reasons.save_reason(row.pk, label="Rest room", kind="break", paid=False, **WHO)
        row.refresh_from_db()
        assert (row.code, row.label, row.paid) == ("quiet-room", "Rest room", False)
        made, changed = AuditRow.objects.filter(verb__startswith="reason.").order_by("pk")
        assert (made.verb, changed.verb) == ("reason.created", "reason.changed")
        assert changed.diff == {"label": ["Quiet room", "Rest room"], "paid": [True, False]}

    def it_is_called_as_no_other(self) -> None:
        make()
        with pytest.raises(NameTaken):
            make()
        with pytest.raises(NotFound):
            make("Ours", kind="system")
        with pytest.raises(NotFound):
            reasons.save_reason(999_999, label="X", kind="break", paid=True, **WHO)

    def it_is_archived_and_brought_back(self) -> None:
        row = make()
        for _twice in range(2):
            reasons.archive_reason(row.pk, archived=True, **WHO)
        assert "prayer" not in menu()
        assert "prayer" in {one.code for one in queries.reasons(archived=True)}
        reasons.archive_reason(row.pk, archived=False, **WHO)
        assert menu()[-1] == "prayer"
        assert AuditRow.objects.filter(verb="reason.changed").count() == 2

    def it_moves_by_one_place(self) -> None:
        row = make()
        reasons.move_reason(row.pk, up=False, **WHO)
        reasons.move_reason(row.pk, up=True, **WHO)
        assert menu() == ["break", "meal", "training", "prayer", "meeting"]
        assert AuditRow.objects.filter(verb="reason.changed").count() == 1

    def it_hides_what_is_not_there(self) -> None:
        for deed in (reasons.get_reason, lambda pk: reasons.move_reason(pk, up=True, **WHO)):
            with pytest.raises(NotFound):
                deed(999_999)


class DescribeTerms:
    def it_holds_from_the_start_of_the_day_where_the_client_is(
        self, acme: BrandCard, globex: BrandCard
    ) -> None:
        """Stockholm is an hour ahead of UTC, Adelaide ten and a half."""
        row, day = make(), date(2026, 3, 5)
        for card in (acme, globex):
            pays(row, card, True, day)
        for card, begins in (
            (acme, datetime(2026, 3, 4, 23, tzinfo=UTC)),
            (globex, datetime(2026, 3, 4, 13, 30, tzinfo=UTC)),
        ):
            assert not is_billable("prayer", card.id, begins - timedelta(seconds=1))
            assert is_billable("prayer", card.id, begins)

    def it_is_of_one_client_alone(self, acme: BrandCard, globex: BrandCard) -> None:
        row = make()
        pays(row, acme, True)
        assert is_billable("prayer", acme.id, NOW)
        assert not is_billable("prayer", globex.id, NOW)
        assert not is_billable("break", acme.id, NOW)

    def it_changes_nothing_that_was(self, acme: BrandCard, globex: BrandCard) -> None:
        row = make()
        with pytest.raises(TermRefused):
            pays(row, acme, True, TODAY - timedelta(days=1))
        late = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)  # the third in Adelaide
        with pytest.raises(TermRefused):
            reasons.set_term(row.pk, brand_id=globex.id, billable=True, since=TODAY, actor="user:1", now=late)
        with pytest.raises(NotFound):
            reasons.set_term(row.pk, brand_id=999_999, billable=True, since=TODAY, **WHO)

    def it_takes_back_only_what_is_to_come(self, acme: BrandCard) -> None:
        row = make()
        now, ahead = pays(row, acme, True), pays(row, acme, False, TODAY + timedelta(days=30))
        told = terms_of(row.pk, NOW)
        assert [(one.billable, one.is_now, one.is_ahead) for one in told] == [
            (False, False, True), (True, True, False),
        ]  # fmt: skip
        assert [one.day for one in told] == [TODAY + timedelta(days=30), TODAY]
        with pytest.raises(TermRefused):
            reasons.remove_term(now.pk, **WHO)
        reasons.remove_term(ahead.pk, **WHO)
        with pytest.raises(NotFound):
            reasons.remove_term(ahead.pk, **WHO)
        assert ReasonTerm.objects.count() == 1

    def it_is_written_into_the_clients_part_of_the_trail_once(self, acme: BrandCard) -> None:
        row = make()
        for billable in (True, True, False):
            pays(row, acme, billable)
        rows = AuditRow.objects.filter(verb="reason.term_set").order_by("pk")
        assert [(one.brand_id, one.diff["billable"]) for one in rows] == [
            (acme.id, [None, True]), (acme.id, [True, False]),
        ]  # fmt: skip

    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(said=st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=8), day=st.integers(-5, 50))
    def it_is_what_was_said_last_for_the_latest_day(
        self, acme: BrandCard, said: list[tuple[int, bool]], day: int
    ) -> None:
        ReasonTerm.objects.all().delete()
        row = AvailabilityReason.objects.filter(code="prayer").first() or make()
        for after, billable in said:
            pays(row, acme, billable, TODAY + timedelta(days=after))
        last = dict(said)
        reached = [after for after in last if after <= day]
        noon = datetime(2026, 3, 2, 12, tzinfo=UTC) + timedelta(days=day)
        assert is_billable("prayer", acme.id, noon) is (bool(reached) and last[max(reached)])
