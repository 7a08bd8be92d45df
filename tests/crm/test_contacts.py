"""One contact behind all its addresses."""

from datetime import timedelta

import pytest

from crm import actions
from crm.actions import PointTaken, normalised
from crm.choices import PointKind
from crm.models import Contact, ContactPoint
from tenants.binding import WrongScope
from tenants.cards import BrandCard
from tenants.scope import Scope, tenant_scope
from tests.factories import NOW, TESTS

LATER = NOW + timedelta(days=1)


def visitor(contact_id: int | None = None, **more: str) -> Contact:
    values = {"name": "Kim", "language": "sv", "page": "https://shop.test/boots"} | more
    found: Contact = Contact.objects.get(pk=actions.get_or_create_visitor(contact_id, now=NOW, **values))
    return found


class DescribeVisitor:
    def it_writes_the_contact_behind_a_first_message(self, in_acme: Scope) -> None:
        contact = visitor(timezone="Europe/Stockholm")
        assert (contact.name, contact.language, contact.timezone) == ("Kim", "sv", "Europe/Stockholm")
        assert contact.last_seen_at == NOW

    def it_knows_the_contact_again(self, in_acme: Scope) -> None:
        first = visitor()
        again = visitor(first.pk, page="https://shop.test/tents")
        assert again == first
        assert again.page == "https://shop.test/tents"
        assert Contact.objects.count() == 1

    def it_follows_a_contact_to_another_zone(self, in_acme: Scope) -> None:
        first = visitor(timezone="Europe/Stockholm")
        assert visitor(first.pk, timezone="America/Lima").timezone == "America/Lima"

    def it_keeps_what_is_not_known_this_time(self, in_acme: Scope) -> None:
        contact = visitor(timezone="Europe/Stockholm")
        actions.touch(contact.pk, language="", page="", now=LATER)
        contact.refresh_from_db()
        assert (contact.language, contact.page) == ("sv", "https://shop.test/boots")
        assert contact.timezone == "Europe/Stockholm"
        assert contact.last_seen_at == LATER

    @pytest.mark.parametrize("more", ["?card=4111", "#me@example.test", "?a=1#b?c"])
    def it_keeps_a_page_without_what_it_carries(self, in_acme: Scope, more: str) -> None:
        assert visitor(page=f"https://shop.test/boots{more}").page == "https://shop.test/boots"

    def it_cuts_what_is_too_long(self, in_acme: Scope) -> None:
        contact = visitor(name="x" * 300, language="x" * 30, page="x" * 900)
        assert [len(text) for text in (contact.name, contact.language, contact.page)] == [120, 12, 500]

    def it_is_nobodys_in_the_other_brand(self, in_acme: Scope, globex: BrandCard) -> None:
        contact = visitor()
        with tenant_scope(globex, TESTS):
            actions.touch(contact.pk, language="en", page="", now=LATER)
            assert not Contact.objects.exists()
        contact.refresh_from_db()
        assert contact.language == "sv"

    def it_needs_a_brand(self, db: None) -> None:
        with pytest.raises(WrongScope):
            visitor()


class DescribePoints:
    @pytest.mark.parametrize(
        ("kind", "value", "plain"),
        [
            (PointKind.EMAIL, " Kim@Example.TEST ", "kim@example.test"),
            (PointKind.PHONE, "+46 (70) 123-45 67", "+46701234567"),
            (PointKind.PHONE, "070-123 45 67", "0701234567"),
        ],
    )
    def it_knows_one_way_to_write_an_address(self, kind: PointKind, value: str, plain: str) -> None:
        assert normalised(kind, value) == plain

    def it_gives_a_contact_several_addresses(self, in_acme: Scope) -> None:
        contact = visitor()
        actions.add_point(contact, kind=PointKind.EMAIL, value="kim@example.test", verified_at=NOW)
        actions.add_point(contact, kind=PointKind.PHONE, value="+4670")
        assert set(contact.points.values_list("value", flat=True)) == {"kim@example.test", "+4670"}

    def it_takes_the_same_address_twice_as_once(self, in_acme: Scope) -> None:
        contact = visitor()
        first = actions.add_point(contact, kind=PointKind.EMAIL, value="kim@example.test")
        assert actions.add_point(contact, kind=PointKind.EMAIL, value="KIM@example.test") == first
        assert ContactPoint.objects.count() == 1

    def it_refuses_an_address_of_somebody_else(self, in_acme: Scope) -> None:
        actions.add_point(visitor(), kind=PointKind.EMAIL, value="kim@example.test")
        with pytest.raises(PointTaken) as refused:
            actions.add_point(visitor(), kind=PointKind.EMAIL, value="kim@example.test")
        assert (refused.value.code, refused.value.status) == ("point_taken", 409)

    def it_may_have_the_same_address_in_each_brand(self, in_acme: Scope, globex: BrandCard) -> None:
        actions.add_point(visitor(), kind=PointKind.EMAIL, value="kim@example.test")
        with tenant_scope(globex, TESTS):
            actions.add_point(visitor(), kind=PointKind.EMAIL, value="kim@example.test")
            assert ContactPoint.objects.count() == 1
