"""What the tables themselves refuse."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.choices import Role
from accounts.models import Membership, User
from tenants.cards import BrandCard

pytestmark = pytest.mark.django_db


class DescribeUser:
    def it_keeps_the_address_in_lower_case(self) -> None:
        user = User.objects.create_user("  Ada@Example.Test ", "a long password", name="Ada Berg")
        assert user.email == "ada@example.test"
        assert user.check_password("a long password")
        assert user.created_at is not None

    def it_is_found_by_any_spelling(self) -> None:
        user = User.objects.create_user("ada@example.test", name="Ada Berg")
        assert User.objects.get_by_natural_key("ADA@example.test") == user
        assert not user.has_usable_password()

    def it_refuses_a_second_of_the_same_address(self) -> None:
        User.objects.create_user("ada@example.test", name="Ada Berg")
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create_user("ADA@example.test", name="Ada Two")

    def it_refuses_capitals_that_came_past_the_manager(self) -> None:
        with pytest.raises(IntegrityError, match="user_email_is_lower"), transaction.atomic():
            User(email="Ada@example.test", name="Ada", password="!").save()

    def it_is_called_by_its_first_name(self) -> None:
        assert User(name="Ada Berg").first_name == "Ada"


class DescribeMembership:
    def it_refuses_the_same_seat_twice(self, acme: BrandCard) -> None:
        user = User.objects.create_user("ada@example.test", name="Ada")
        Membership.objects.create(user=user, brand_id=acme.id, role=Role.AGENT)
        with pytest.raises(IntegrityError, match="membership_once"), transaction.atomic():
            Membership.objects.create(user=user, brand_id=acme.id, role=Role.AGENT)

    def it_refuses_the_same_provider_seat_twice(self) -> None:
        user = User.objects.create_user("ada@example.test", name="Ada")
        Membership.objects.create(user=user, role=Role.OPERATOR)
        with pytest.raises(IntegrityError, match="membership_once"), transaction.atomic():
            Membership.objects.create(user=user, role=Role.OPERATOR)

    @pytest.mark.parametrize("role", [Role.AGENT, Role.MANAGER])
    def it_refuses_a_brands_role_without_a_brand(self, role: str) -> None:
        user = User.objects.create_user("ada@example.test", name="Ada")
        with pytest.raises(IntegrityError, match="sits_where_it_may"), transaction.atomic():
            Membership.objects.create(user=user, role=role)

    def it_refuses_an_operator_of_a_brand(self, acme: BrandCard) -> None:
        user = User.objects.create_user("ada@example.test", name="Ada")
        with pytest.raises(IntegrityError, match="sits_where_it_may"), transaction.atomic():
            Membership.objects.create(user=user, brand_id=acme.id, role=Role.OPERATOR)


def it_takes_only_time_zones_that_exist() -> None:
    user = User(email="ada@example.test", name="Ada", password="!", timezone="Europe/Malmo")
    with pytest.raises(ValidationError, match="time zone"):
        user.clean()
