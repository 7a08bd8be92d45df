"""One change for many people: looked at person by person, made in one transaction, undone as a whole.

The last one can be undone. Who was changed since in the same field keeps what they have by now.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from core.ids import new_ref
from tenants.audit import audit
from tenants.scope import labour_scope
from workforce.errors import ChangeRefused
from workforce.languages import known_language
from workforce.models import Agent, BulkChange, Site, Skill, Team
from workforce.staff.loading import load_people, lock_staff, newest_versions
from workforce.staff.planning import FIRST, LEVELS
from workforce.staff.values import MAPS, Change, Person
from workforce.staff.writing import write

MOST = 5000


@dataclass(frozen=True, slots=True)
class Wish:
    """What everybody is to become; None: as it was. `level` 0 takes the skill away.

    `brand_id` with `version`: seated and certified for it; with `unseat`: neither any more.
    """

    team_id: int | None = None
    site_id: int | None = None
    brand_id: int | None = None
    version: str = ""
    unseat: bool = False
    skill_id: int | None = None
    level: int | None = None
    language: str = ""
    unlearn: bool = False

    @property
    def is_empty(self) -> bool:
        return not any((self.team_id, self.site_id, self.brand_id, self.skill_id, self.language))

    def as_json(self) -> dict[str, Any]:
        """Return what was asked for, as far as something was."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in plain.items() if value not in (None, "", False)}


def preview(agent_ids: Collection[int], wish: Wish, *, now: datetime) -> list[Change]:
    """Return what would become of whom, those who stay as they are left out.

    Raises ChangeRefused, NotFound.
    """
    _check(agent_ids, wish)
    people = load_people(agent_ids, now=now)
    with labour_scope():
        rows = Agent.objects.filter(pk__in=people, left_on__isnull=True)
        emails = dict(rows.order_by("user__name", "pk").values_list("pk", "user__email"))
    newest = newest_versions().get(wish.brand_id, FIRST) if wish.brand_id else ""
    made = [Change(email, _wished(people[pk], wish, newest), people[pk], pk) for pk, email in emails.items()]
    return [change for change in made if change.is_change]


def change_many(agent_ids: Collection[int], wish: Wish, *, actor: str, now: datetime) -> BulkChange:
    """Change everybody at once, or nobody. Raises ChangeRefused, NotFound."""
    with labour_scope(), transaction.atomic():
        lock_staff()
        made = preview(agent_ids, wish, now=now)
        if not made:
            raise ChangeRefused(_("Everybody is so already."))
        write(made, actor=actor, now=now)
        row = BulkChange.objects.create(
            ref=new_ref(now), by=actor, asked=wish.as_json(), people=[_kept(change) for change in made],
            count=len(made), made_at=now,
        )  # fmt: skip
        diff = wish.as_json() | {"people": len(made)}
        audit("staff.changed", actor=actor, object=f"change:{row.ref}", diff=diff, now=now)
    return row


def last_change() -> BulkChange | None:
    """Return the bulk change that can be undone: the newest, unless it was."""
    with labour_scope():
        row = BulkChange.objects.defer("people").order_by("-made_at", "-pk").first()
    return row if row and row.undone_at is None else None


def undo(ref: UUID, *, actor: str, now: datetime) -> tuple[int, int]:
    """Undo the last bulk change; returns how many people are as before, and how many changed since.

    Raises ChangeRefused for an older or an undone one, NotFound.
    """
    with labour_scope(), transaction.atomic():
        lock_staff()
        row = BulkChange.objects.select_for_update().filter(ref=ref).first()
        if row is None:
            raise NotFound
        newest = BulkChange.objects.order_by("-made_at", "-pk").values_list("pk", flat=True).first()
        if row.undone_at or newest != row.pk:
            raise ChangeRefused(_("Only the last change can be undone, once."))
        back = _back(row, now=now)
        write(back, actor=actor, now=now)
        row.undone_at = now
        row.save(update_fields=["undone_at"])
        audit("staff.undone", actor=actor, object=f"change:{ref}", diff={"people": len(back)}, now=now)
    return len(back), row.count - len(back)


def _check(agent_ids: Collection[int], wish: Wish) -> None:
    if wish.is_empty:
        raise ChangeRefused(_("Choose what is to change."))
    if not agent_ids:
        raise ChangeRefused(_("Choose somebody first."))
    if len(agent_ids) > MOST:
        raise ChangeRefused(_("At most %(most)d people at once.") % {"most": MOST})
    if wish.level is not None and wish.level not in (0, *LEVELS):
        raise ChangeRefused(_("A level is 1 to 5."))
    if wish.language and known_language(wish.language) is None:
        raise NotFound
    with labour_scope():
        for model, pk in ((Team, wish.team_id), (Site, wish.site_id), (Skill, wish.skill_id)):
            if pk and not model.objects.filter(pk=pk, archived_at__isnull=True).exists():
                raise NotFound


def _wished(person: Person, wish: Wish, newest: str) -> Person:
    new: dict[str, Any] = {}
    if wish.team_id:
        new["team_id"] = wish.team_id
    if wish.site_id:
        new["site_id"] = wish.site_id
    if wish.brand_id:
        new["brands"] = _brands(person, wish, newest)
    if wish.skill_id:
        new["skills"] = _set(person.skills, wish.skill_id, wish.level or None)
    if wish.language:
        others = tuple(code for code in person.languages if code != wish.language)
        kept = person.languages if wish.language in person.languages else (*others, wish.language)
        new["languages"] = others if wish.unlearn else kept
    return replace(person, **new)


def _brands(person: Person, wish: Wish, newest: str) -> Mapping[int, str]:
    """Who is certified already, and no version is named, stays so; others get the newest."""
    pk = wish.brand_id or 0
    version = None if wish.unseat else wish.version or person.brands.get(pk) or newest
    return _set(person.brands, pk, version)


def _set(pairs: Mapping[int, Any], key: int, value: Any) -> dict[int, Any]:
    """Return the pairs with that one, or without it for None."""
    others = {one: old for one, old in pairs.items() if one != key}
    return others if value is None else others | {key: value}


def _kept(change: Change) -> dict[str, Any]:
    before, after = (one.as_json() if one else {} for one in (change.before, change.after))
    return {
        "id": change.user_id,
        "before": {name: before.get(name) for name in change.fields},
        "after": {name: after.get(name) for name in change.fields},
    }


def _back(row: BulkChange, *, now: datetime) -> list[Change]:
    """Return the changes that undo it, for whom the changed fields still say what it made of them."""
    people = load_people([one["id"] for one in row.people], now=now)
    with labour_scope():
        here = Agent.objects.filter(pk__in=people, left_on__isnull=True)
        emails = dict(here.values_list("pk", "user__email"))
    made = []
    for one in row.people:
        person = people.get(one["id"])
        if person is None or one["id"] not in emails or not _is_as_made(person, one):
            continue
        before = Person.from_json(person.as_json() | one["before"])
        made.append(Change(emails[one["id"]], before, person, one["id"]))
    return made


def _is_as_made(person: Person, one: Mapping[str, Any]) -> bool:
    plain = person.as_json()
    return all(_same(name, plain[name], value) for name, value in one["after"].items())


def _same(name: str, now: Any, then: Any) -> bool:
    return dict(now) == dict(then) if name in MAPS else bool(now == then)
