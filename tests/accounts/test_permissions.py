"""The matrix as data: whole, in one piece, and no ladder in it leads where it should not."""

from datetime import UTC, datetime
from itertools import chain
from uuid import UUID

import pytest

from accounts.actor import Actor, Seat, Seeing
from accounts.choices import Role
from accounts.permissions import (
    APPOINTS,
    BRAND_ROLES,
    CLIENT_ROLES,
    CONSOLE,
    ELEVATIONS,
    GROUPS,
    MATRIX,
    PORTAL,
    PROVIDER_ROLES,
    Permission,
    gives,
    may_sit,
    permissions_of,
    stronger,
)

ACME, GLOBEX = 7, 9


def somebody(role: Role, brand_id: int | None) -> Actor:
    return Actor(1, "a@example.test", "A", (Seat(brand_id, role),))


def it_lists_every_permission_once() -> None:
    listed = list(chain.from_iterable(some for _title, some in GROUPS))
    assert len(listed) == len(set(listed))
    assert set(listed) == set(Permission)


@pytest.mark.parametrize("role", Role)
class DescribeRole:
    def it_does_something_and_sits_somewhere(self, role: Role) -> None:
        assert MATRIX[role]
        assert role in PROVIDER_ROLES + BRAND_ROLES

    def it_takes_stronger_seats_only_by_rule(self, role: Role) -> None:
        assert (Permission.ELEVATE in MATRIX[role]) == (role in ELEVATIONS)

    def it_has_a_permission_of_the_provider_only_where_it_may_sit_there(self, role: Role) -> None:
        if any(one.is_providers for one in MATRIX[role]):
            assert role in PROVIDER_ROLES


def it_leaves_what_customers_wrote_to_who_works_with_it() -> None:
    readers = {role for role in Role if MATRIX[role] & {Permission.CONVERSATIONS, Permission.ANSWER}}
    assert readers == {Role.SUPERVISOR, Role.LEAD, Role.AGENT, Role.QA, Role.MANAGER}


def it_lets_who_runs_the_platform_read_a_portal_only_by_looking_on() -> None:
    assert not (MATRIX[Role.OWNER] | MATRIX[Role.OPERATOR]) & PORTAL
    assert {role for role in Role if Permission.SEE_AS in MATRIX[role]} == {Role.OWNER, Role.OPERATOR}


def it_gives_an_auditor_trails_and_nothing_else() -> None:
    assert {one.value.rpartition(".")[2] for one in MATRIX[Role.AUDITOR]} == {
        "audit", "audit_export", "read", "export",
    }  # fmt: skip
    assert all("audit" in one.value for one in MATRIX[Role.AUDITOR])


def it_gives_a_viewer_the_report_alone() -> None:
    assert MATRIX[Role.VIEWER] == {Permission.REPORT}


def it_keeps_the_clients_people_out_of_the_console() -> None:
    for role in CLIENT_ROLES:
        assert not MATRIX[role] & CONSOLE
        assert role not in APPOINTS
        assert role not in ELEVATIONS


def it_lets_only_an_owner_appoint_owners_and_operators() -> None:
    for wanted in (Role.OWNER, Role.OPERATOR):
        assert [role for role in Role if wanted in APPOINTS.get(role, ())] == [Role.OWNER]


@pytest.mark.parametrize(
    ("role", "brand_id", "may"),
    [
        (Role.OPERATOR, None, (Role.OWNER,)),
        (Role.SUPERVISOR, None, (Role.OPERATOR,)),
        (Role.SUPERVISOR, ACME, ()),
        (Role.LEAD, ACME, (Role.SUPERVISOR,)),
        (Role.AGENT, ACME, (Role.LEAD,)),
        (Role.MANAGER, ACME, ()),
        ("gone", ACME, ()),
    ],
)
def it_says_which_seat_may_be_taken_in_the_same_place(
    role: str, brand_id: int | None, may: tuple[Role, ...]
) -> None:
    assert stronger(role, brand_id) == may


def it_knows_nothing_of_a_role_that_is_gone() -> None:
    assert permissions_of("gone") == frozenset()
    assert not may_sit("gone", None)


class DescribeReach:
    def it_counts_a_seat_in_its_own_brand_alone(self) -> None:
        lead = somebody(Role.LEAD, ACME)
        assert lead.can(Permission.REPORT, ACME)
        assert not lead.can(Permission.REPORT, GLOBEX)
        assert lead.brands_with(Permission.REPORT) == (ACME,)

    def it_counts_a_seat_with_the_provider_everywhere(self) -> None:
        finance = somebody(Role.FINANCE, None)
        assert finance.can(Permission.REPORT, ACME)
        assert finance.can(Permission.REPORT, GLOBEX)
        assert finance.brands_with(Permission.REPORT) is None

    def it_takes_a_seat_with_the_provider_for_what_is_the_providers(self) -> None:
        assert gives(Role.OPERATOR, None, Permission.FLEET_READ)
        assert not gives(Role.OPERATOR, ACME, Permission.FLEET_READ)

    def it_takes_along_to_a_brands_host_what_reads_there(self) -> None:
        assert somebody(Role.QA, None).only(ACME).memberships == (Seat(ACME, Role.QA),)
        assert somebody(Role.OPERATOR, None).only(ACME).memberships == ()
        assert somebody(Role.AUDITOR, None).only(ACME).memberships == ()
        assert somebody(Role.QA, GLOBEX).only(ACME).memberships == ()


class DescribeHeld:
    """Rules of sign-in are for the seats that somebody holds, not for what a brand's host makes of them."""

    def it_is_the_providers_seat_on_a_brands_host(self) -> None:
        assert somebody(Role.QA, None).only(ACME).held == (Seat(None, Role.QA),)
        assert somebody(Role.LEAD, ACME).only(ACME).held == (Seat(ACME, Role.LEAD),)

    def it_is_the_operators_own_while_they_look_on(self) -> None:
        look = Seeing(UUID(int=1), Role.MANAGER, datetime(2026, 3, 2, tzinfo=UTC))
        seen = somebody(Role.OPERATOR, None).as_seen_by(look, ACME)
        assert seen.memberships == (Seat(ACME, Role.MANAGER),)
        assert seen.held == (Seat(None, Role.OPERATOR),)
