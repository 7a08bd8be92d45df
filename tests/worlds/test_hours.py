"""The demo world's hours: its chat is open whenever somebody looks at it, people read their own clock."""

from datetime import timedelta

import pytest

from accounts.models import User
from config.worlds.people import plant_people
from core.hours import business_seconds
from interactions.hours import list_calendars, queue_hours
from routing.models import QueuePlan
from tenants.cards import card_by_slug
from tenants.scope import labour_scope, tenant_scope
from tests.factories import NOW, TESTS

WEEK = timedelta(days=7)


@pytest.mark.parametrize(("slug", "place"), [("northwind", ("SE", "")), ("lumen", ("AU", "SA"))])
def it_answers_the_chat_day_and_night(transactional_db: None, slug: str, place: tuple[str, str]) -> None:
    plant_people(TESTS, now=NOW)
    card = card_by_slug(slug)
    assert card is not None
    with tenant_scope(card, TESTS):
        always, office = list_calendars(NOW)
        assert [queue.calendar_ref for queue in queue_hours()] == [always.ref]
    assert business_seconds(always.hours, NOW, NOW + WEEK) == WEEK.total_seconds()
    assert (office.hours.country, office.hours.subdivision) == place
    assert 0 < business_seconds(office.hours, NOW, NOW + WEEK) < WEEK.total_seconds()
    with labour_scope():
        [plan] = QueuePlan.objects.filter(brand_id=card.id)
    eight_days = [int(NOW.timestamp()), int((NOW + timedelta(days=8)).timestamp())]
    assert plan.openings == [eight_days]


def it_shows_everybody_the_clock_where_they_work(transactional_db: None) -> None:
    plant_people(TESTS, now=NOW)
    with labour_scope():
        zones = dict(User.objects.values_list("name", "timezone"))
    assert {zones[name] for name in ("Ruby Walsh", "Mei Tanaka", "Noah Whitfield")} == {"Australia/Adelaide"}
    here = {name for name, zone in zones.items() if zone == "Europe/Stockholm"}
    assert {"Amara Koné", "Sara Kvist", "Henrik Dahl", "Leila Haddad", "Vera Holm", "Lena Sandberg"} <= here
