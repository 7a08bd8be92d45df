"""Brands in Django's admin: whatever changes there is written down and known everywhere."""

from typing import Any

import pytest
from django.core.cache import cache

from accounts.actor import Actor
from accounts.models import User
from core import clock
from tenants.cards import BrandCard, card_for_host
from tenants.choices import BrandState, DomainKind
from tenants.models import AuditRow, Brand, Domain
from tests.accounts.conftest import Browser

SHOP = "chat.acme.example"


@pytest.fixture
def staff(outsider: Actor) -> Browser:
    """Somebody who may do everything in the admin, signed in."""
    cache.clear()
    User.objects.filter(pk=outsider.user_id).update(is_staff=True, is_superuser=True)
    browser = Browser()
    browser.sign_in("outsider@example.test")
    return browser


def change(staff: Browser, card: BrandCard, **fields: Any) -> Any:
    """Send the brand's form as it stands, but for these fields."""
    path = f"/admin/tenants/brand/{card.id}/change/"
    page = staff.get(path, headers={"host": "localhost"})
    assert page.status_code == 200
    form = page.context["adminform"].form
    data = {name: form[name].value() for name in form.fields} | fields
    data |= {"locales": '["en"]', "features": "{}"}
    return staff.post(path, {k: v for k, v in data.items() if v is not None}, headers={"host": "localhost"})


def it_tells_everybody_of_host_names_that_were_deleted_together(
    transactional_db: None, staff: Browser, acme: BrandCard, outsider: Actor
) -> None:
    now = clock.now()
    rows = [
        Domain.objects.create(host=host, brand_id=acme.id, kind=DomainKind.CUSTOM, verified_at=now)
        for host in (SHOP, f"www.{SHOP}")
    ]
    assert card_for_host(SHOP) == acme
    chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in rows], "post": "yes"}
    staff.post("/admin/tenants/domain/", chosen, headers={"host": "localhost"})
    assert not Domain.objects.filter(host__endswith=SHOP).exists()
    assert card_for_host(SHOP) is None
    written = AuditRow.objects.filter(verb="domain.deleted", actor=outsider.who, brand_id=acme.id)
    assert {row.object for row in written} == {f"domain:{row.pk}" for row in rows}


class DescribeABrand:
    def it_changes_and_is_written_down(self, staff: Browser, acme: BrandCard, outsider: Actor) -> None:
        assert change(staff, acme, state=BrandState.PAUSED).status_code == 302
        assert Brand.objects.get(pk=acme.id).state == BrandState.PAUSED
        row = AuditRow.objects.get(verb="brand.changed", actor=outsider.who, brand_id=acme.id)
        assert row.diff["state"] == ["live", "paused"]

    def it_is_never_gone_by_hand(self, staff: Browser, acme: BrandCard) -> None:
        answer = change(staff, acme, state=BrandState.GONE)
        assert "state" in answer.context["adminform"].form.errors
        assert Brand.objects.get(pk=acme.id).state == BrandState.LIVE

    def it_never_comes_back_once_it_is_gone(self, staff: Browser, acme: BrandCard) -> None:
        Brand.objects.filter(pk=acme.id).update(state=BrandState.GONE)
        answer = staff.post(
            f"/admin/tenants/brand/{acme.id}/change/", {"state": "live"}, headers={"host": "localhost"}
        )
        assert answer.status_code == 403

    @pytest.mark.parametrize("zone", ["Europe/Malmo", "../etc/passwd", "Mars"])
    def it_takes_only_time_zones_that_exist(self, staff: Browser, acme: BrandCard, zone: str) -> None:
        answer = change(staff, acme, timezone=zone)
        assert "timezone" in answer.context["adminform"].form.errors
