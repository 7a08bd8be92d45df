"""One person of the pool: added, changed, seated. What a file or a bulk change does, for a single form."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User, normalise_email
from accounts.staffing import change_email
from core.errors import NotFound, RoomError
from tenants.scope import labour_scope
from workforce.errors import LeavingRefused
from workforce.models import Agent
from workforce.staff.loading import load_people, lock_staff, newest_versions
from workforce.staff.planning import FIRST
from workforce.staff.values import Change, Person
from workforce.staff.writing import write


class NumberTaken(RoomError):
    """Somebody else has the employee number."""

    code = "number_taken"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("Another person has this number."))


class AlreadyThere(RoomError):
    """The address is an agent's."""

    code = "already_there"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("An agent of the pool has this address already."))


def add_person(email: str, person: Person, *, actor: str, now: datetime) -> int:
    """Add somebody to the pool; who signs in already becomes an agent too. Returns the agent's id.

    Raises AlreadyThere, NumberTaken.
    """
    email = normalise_email(email)
    with labour_scope(), transaction.atomic():
        lock_staff()
        user_id = User.objects.filter(email=email).values_list("pk", flat=True).first()
        if user_id and Agent.objects.filter(pk=user_id).exists():
            raise AlreadyThere
        _check_number(person.employee_no, None)
        (agent_id,) = write([Change(email, person, None, user_id)], actor=actor, now=now)
    return agent_id


def edit_person(agent_id: int, *, email: str | None = None, actor: str, now: datetime, **fields: Any) -> None:
    """Change fields of a Person, and the address.

    Raises NumberTaken, EmailTaken, LeavingRefused, NotFound.
    """
    _change(agent_id, lambda person: replace(person, **fields), actor=actor, now=now, email=email)


def seat_person(agent_id: int, *, brand_id: int, version: str = "", actor: str, now: datetime) -> None:
    """Seat the agent in the brand and certify them, without a version for the newest there.

    Raises LeavingRefused, NotFound.
    """

    def seated(person: Person) -> Person:
        wanted = version.strip() or person.brands.get(brand_id) or newest_versions().get(brand_id, FIRST)
        return replace(person, brands=dict(person.brands) | {brand_id: wanted})

    _change(agent_id, seated, actor=actor, now=now)


def unseat_person(agent_id: int, *, brand_id: int, actor: str, now: datetime) -> None:
    """Take the agent's seat in the brand, and the certification. Raises LeavingRefused, NotFound."""

    def unseated(person: Person) -> Person:
        return replace(person, brands={pk: one for pk, one in person.brands.items() if pk != brand_id})

    _change(agent_id, unseated, actor=actor, now=now)


def _change(
    agent_id: int,
    become: Callable[[Person], Person],
    *,
    actor: str,
    now: datetime,
    email: str | None = None,
) -> None:
    with labour_scope(), transaction.atomic():
        lock_staff()
        agent = Agent.objects.select_related("user").filter(pk=agent_id).first()
        if agent is None:
            raise NotFound
        if agent.left_on:
            raise LeavingRefused(_("This person has left. Take them back first."))
        before = load_people([agent_id], now=now)[agent_id]
        after = become(before)
        _check_number(after.employee_no, agent_id)
        if email is not None:
            change_email(agent_id, email=email, actor=actor, now=now)
        write([Change(agent.user.email, after, before, agent_id)], actor=actor, now=now)


def _check_number(employee_no: str, agent_id: int | None) -> None:
    if Agent.objects.filter(employee_no=employee_no).exclude(pk=agent_id).exists():
        raise NumberTaken
