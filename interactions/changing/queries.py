"""Questions about changes, inside a tenant_scope. Values out, but for a page's query."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from core.errors import NotFound
from interactions.actions.base import brand_id
from interactions.calendars import Calendar, Period
from interactions.changing.choices import PENDING, SPOKEN_ONES, TONES, ChangeState, Subject
from interactions.changing.models import ChangeRequest
from interactions.changing.values import ChangeView, Topic
from interactions.hours import calendar_names
from interactions.spoken import first_chat, texts_of
from tenants.cards import card_by_id
from tenants.values import BrandCard


def topics() -> list[Topic]:
    """Return all that can be asked to change, in order: hours, texts in each language, tone."""
    weeks = [Topic(Subject.WEEK, calendar_ref=ref, name=name) for ref, name in calendar_names()]
    spoken_in = _card().locales if first_chat() else ()
    spoken = [Topic(one, language=code) for one in SPOKEN_ONES for code in spoken_in]
    return [*weeks, *spoken, *(Topic(one) for one in TONES)]


def topic_of(code: str) -> Topic:
    """Return what the address names. Raises NotFound."""
    found = next((one for one in topics() if one.code == code), None)
    if found is None:
        raise NotFound
    return found


def current(topic: Topic) -> dict[str, Any]:
    """Return what it is now: {"week": […]} or {"text": …}. Raises NotFound for a calendar that is gone."""
    if topic.is_week:
        if not Calendar.objects.filter(ref=topic.calendar_ref).exists():
            raise NotFound
        rows = Period.objects.filter(calendar__ref=topic.calendar_ref).order_by("weekday", "opens")
        return {"week": [list(row) for row in rows.values_list("weekday", "opens", "closes")]}
    if topic.subject in SPOKEN_ONES:
        return {"text": texts_of(_card().locales)[topic.subject].get(topic.language, "")}
    return {"text": "\n".join(getattr(_card(), topic.subject))}


def changes_asked(state: str = "") -> Any:
    """Return the rows, the latest first, for a paginator inside the scope; `state`: "pending", one, or ""."""
    rows = ChangeRequest.objects.order_by("-pk")
    if state == "pending":
        return rows.filter(state__in=PENDING)
    return rows.filter(state=state) if state in ChangeState.values else rows


def count_asked() -> int:
    """Return how many wait for a decision."""
    return int(ChangeRequest.objects.filter(state=ChangeState.ASKED).count())


def get_change(ref: UUID) -> ChangeView:
    """Return the change as a value. Raises NotFound."""
    row = ChangeRequest.objects.filter(ref=ref).first()
    if row is None:
        raise NotFound
    return change_views([row])[0]


def change_views(rows: Iterable[ChangeRequest]) -> list[ChangeView]:
    """Make values of rows; a calendar that is gone has no name."""
    names = dict(calendar_names())
    return [_view(row, names) for row in rows]


def topic_of_row(row: ChangeRequest, name: str = "") -> Topic:
    return Topic(row.subject, row.calendar_ref, row.language, name)


def _view(row: ChangeRequest, names: dict[UUID, str]) -> ChangeView:
    name = names.get(row.calendar_ref, "") if row.calendar_ref else ""
    return ChangeView(
        row.ref, topic_of_row(row, name), row.before, row.proposed, row.from_day, row.why, row.state,
        row.asked_shown, row.asked_at, row.decided_at, row.reason, row.due_at, row.applied_at,
    )  # fmt: skip


def _card() -> BrandCard:
    card = card_by_id(brand_id())
    if card is None:
        raise NotFound
    return card
