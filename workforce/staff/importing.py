"""A file of people: handed in and looked at, then imported as a whole or not at all.

1. `hand_in` reads the bytes and keeps the text, sealed.
2. `look` says, line by line, what would be done; nothing is written.
3. `import_file` plans again under the lock, writes everything in one transaction and forgets the text. A line
   that is wrong by now, or a file that was imported already, writes nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User, normalise_email
from core.errors import NotFound
from core.ids import new_ref
from tenants.audit import audit
from tenants.choices import BrandState
from tenants.locks import take_time
from tenants.models import Brand
from tenants.scope import labour_scope
from workforce.choices import ImportState
from workforce.errors import ImportRefused
from workforce.models import Agent, Site, Skill, StaffImport, Team
from workforce.staff.limits import COLUMNS as LIMITS
from workforce.staff.limits import keeper
from workforce.staff.loading import load_people, lock_staff, newest_versions
from workforce.staff.parsing import Line, decoded, lines_of, read_lines
from workforce.staff.planning import Known, Plan, Spot, World, counts_of, plan
from workforce.staff.writing import write

KEPT = timedelta(days=1)


def hand_in(data: bytes, *, filename: str, actor: str, now: datetime) -> StaffImport:
    """Keep a file for a look at it. Raises FileRefused."""
    lines = read_lines(data)
    with labour_scope():
        return StaffImport.objects.create(
            ref=new_ref(now), by=actor, filename=filename[:200], text=decoded(data), created_at=now,
            counts=counts_of(plan_lines(lines, now=now)),
        )  # fmt: skip


def get_import(ref: UUID, *, with_text: bool = False) -> StaffImport:
    """Return the file's row. Raises NotFound."""
    with labour_scope():
        rows = StaffImport.objects.filter(ref=ref)
        row = (rows if with_text else rows.defer("text")).first()
    if row is None:
        raise NotFound
    return row


def newest_imports(count: int = 10) -> list[StaffImport]:
    """Return the files that were handed in last."""
    with labour_scope():
        return list(StaffImport.objects.defer("text").order_by("-created_at", "-pk")[:count])


def look(row: StaffImport, *, now: datetime) -> list[Plan]:
    """Return what the file would do now, line by line; nothing for one that is imported or forgotten."""
    return plan_lines(lines_of(row.text), now=now) if row.text else []


def import_file(ref: UUID, *, actor: str, now: datetime) -> dict[str, int]:
    """Import the file; returns what became of its lines. Raises ImportRefused, NotFound."""
    with labour_scope(), transaction.atomic():
        row = StaffImport.objects.select_for_update().filter(ref=ref).first()
        if row is None:
            raise NotFound
        if row.state == ImportState.IMPORTED:
            raise ImportRefused(_("This file is imported already."))
        if not row.text:
            raise ImportRefused(
                _("This file was handed in more than a day ago and is forgotten. Send it again.")
            )
        counts = import_lines(lines_of(row.text), object=f"import:{ref}", actor=actor, now=now)
        row.state, row.text, row.counts, row.imported_at = ImportState.IMPORTED, "", counts, now
        row.save(update_fields=["state", "text", "counts", "imported_at"])
    return counts


def import_lines(lines: Sequence[Line], *, object: str, actor: str, now: datetime) -> dict[str, int]:
    """Write what the lines say, all of it or nothing. Raises ImportRefused when one is not in order."""
    with labour_scope(), transaction.atomic():
        lock_staff()
        take_time()  # ten thousand lines are read, and noted, between two statements
        plans = plan_lines(lines, now=now)
        counts = counts_of(plans)
        if counts["error"]:
            raise ImportRefused(
                _("Lines with errors: %(count)d. Nothing was imported.") % {"count": counts["error"]}
            )
        write([one.change for one in plans if one.change], actor=actor, now=now)
        audit("staff.imported", actor=actor, object=object, diff=counts, now=now)
    return counts


def forget_files(now: datetime) -> int:
    """Forget the text of files that nobody imported within a day; returns how many."""
    with labour_scope():
        old = StaffImport.objects.filter(state=ImportState.READ, created_at__lte=now - KEPT)
        ids = [row.pk for row in old if row.text] if old.exists() else []
        return StaffImport.objects.filter(pk__in=ids).update(text="")


def plan_lines(lines: Sequence[Line], *, now: datetime) -> list[Plan]:
    """Read the lines against what is in the tables now."""
    emails = {normalise_email(line.cells.get("mail", "")) for line in lines}
    numbers = {number for line in lines if (number := line.cells.get("employee number"))}
    limits = any(not line.cells.keys().isdisjoint(LIMITS) for line in lines)
    return plan(lines, load_world(emails, numbers, limits=limits, now=now))


def load_world(emails: Collection[str], numbers: Collection[str], *, limits: bool, now: datetime) -> World:
    """Return what a file is read against: a statement for each table, however long it is.

    `limits`: the file says something of them.
    """
    with labour_scope():
        agents = Agent.objects.filter(employee_no__in=numbers)
        skills = Skill.objects.filter(archived_at__isnull=True).values_list("pk", "code", "name")
        brands = Brand.objects.exclude(state=BrandState.GONE).values_list("slug", "pk")
        return World(
            people=_people(emails, limits=limits, now=now),
            numbers=dict(agents.values_list("employee_no", "user__email")),
            sites={
                name.casefold(): pk
                for pk, name in Site.objects.filter(archived_at__isnull=True).values_list("pk", "name")
            },
            teams=_teams(),
            skills={word.casefold(): pk for pk, code, name in skills for word in (name, code)},
            brands=dict(brands),
            versions=newest_versions(),
            channels={code: code for code in keeper().channels},
        )


def _people(emails: Collection[str], *, limits: bool, now: datetime) -> dict[str, Known]:
    rows = list(User.objects.filter(email__in=emails).values_list("pk", "email", "name", "agent__left_on"))
    people = load_people([pk for pk, *_rest in rows], limits=limits, now=now)
    return {
        email: Known(pk, name, people.get(pk), gone=left_on is not None) for pk, email, name, left_on in rows
    }


def _teams() -> dict[str, list[Spot]]:
    found: dict[str, list[Spot]] = defaultdict(list)
    rows = Team.objects.filter(archived_at__isnull=True).order_by("pk").values_list("pk", "name", "site_id")
    for pk, name, site_id in rows:
        found[name.casefold()].append(Spot(pk, site_id))
    return found
