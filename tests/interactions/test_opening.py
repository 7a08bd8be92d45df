"""The opening hours of a client that is being set up: read, put into force, copied, asked for."""

from datetime import timedelta
from typing import Any

import pytest

from interactions.calendars import Calendar
from interactions.models import Queue
from interactions.opening import HoursShape, copy, rows_of
from tenants.cards import BrandCard
from tenants.onboarding.checklist import checklist
from tenants.onboarding.shapes import Invalid, read
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS
from tests.tenants.test_onboarding import Desk, brand_data, card_of

LATER = NOW + timedelta(minutes=1)


def period(
    first: str = "mon", last: str = "fri", opens: Any = "08:00", closes: Any = "17:00"
) -> dict[str, Any]:
    return {"from_day": first, "until_day": last, "opens": opens, "closes": closes}


def hours(*periods: dict[str, Any], **more: str) -> dict[str, Any]:
    return read(HoursShape, {"periods": list(periods), **more}, path="hours", context={})


def errors_of(*periods: dict[str, Any], **more: str) -> set[str]:
    with pytest.raises(Invalid) as caught:
        hours(*periods, **more)
    return set(caught.value.errors)


class DescribeHoursShape:
    def it_takes_what_yaml_makes_of_a_time(self) -> None:
        assert hours(period(opens="8:00", closes=1020))["periods"] == [period()]

    def it_goes_round_the_week(self) -> None:
        days = [row[0] for row, _place in rows_of([period("sat", "mon")])]
        assert days == [5, 6, 0]

    @pytest.mark.parametrize("time", ["", "8", "25:00", "08:60", "٠٨:٠٠", None, True, -1, 1441, [], "noon"])
    def it_refuses_what_is_no_time(self, time: Any) -> None:
        assert errors_of(period(opens=time)) == {"hours.periods.0.opens"}

    def it_names_the_period_that_overlaps(self) -> None:
        assert errors_of(period(), period("wed", "wed", "10:00", "12:00")) == {"hours.periods.1.opens"}

    def it_refuses_days_and_places_that_are_none(self) -> None:
        assert errors_of(period("someday")) == {"hours.periods.0.from_day"}
        assert errors_of(country="XX") == {"hours.country"}
        assert errors_of(country="se", subdivision="Q") == {"hours.subdivision"}


class DescribeHoursStep:
    @pytest.fixture
    def setup(self, db: None) -> Desk:
        return Desk()

    def it_gives_every_line_the_hours_in_the_clients_zone(self, setup: Desk) -> None:
        card = card_of(setup.built())
        with tenant_scope(card, TESTS):
            calendar = Calendar.objects.get()
            assert (calendar.name, calendar.zone) == ("Opening hours", "Europe/Oslo")
            assert not Queue.objects.exclude(calendar=calendar).exists()
        assert state(card) == "good"

    def it_changes_them_once_however_often_it_is_saved(self, setup: Desk) -> None:
        draft = setup.save(setup.built(), "hours", {"periods": [period()]})
        draft = setup.save(draft, "hours", {"periods": [period()]})
        setup.save(draft, "brand", brand_data(timezone="Europe/London"))
        with tenant_scope(card_of(draft), TESTS):
            assert list(Calendar.objects.values_list("zone", "version")) == [("Europe/London", 3)]

    def it_is_open_day_and_night_without_a_period_and_says_so(self, setup: Desk) -> None:
        draft = setup.save(setup.built(), "hours", {"periods": []})
        assert state(card_of(draft)) == "warn"

    def it_leaves_a_line_the_hours_it_was_given_on_its_own(self, setup: Desk) -> None:
        draft = setup.built()
        with tenant_scope(card_of(draft), TESTS):
            own = Calendar.objects.create(name="Night", zone="UTC")
            Queue.objects.filter(name="Product advice").update(calendar=own)
        setup.save(draft, "hours", {"periods": []})
        with tenant_scope(card_of(draft), TESTS):
            assert list(Queue.objects.exclude(calendar=None).values_list("name", flat=True)) == [
                "Product advice"
            ]

    def it_copies_them_to_another_client(self, setup: Desk, acme: BrandCard) -> None:
        card = card_of(setup.built())
        found = copy(card, TESTS)
        assert found["periods"][0] == period("mon", "mon", "09:00", "20:00")
        assert len(found["periods"]) == 6
        assert copy(acme, TESTS) == {}


def state(card: BrandCard) -> str:
    return next(line.state for line in checklist(card, TESTS, now=LATER) if line.name == "hours")
