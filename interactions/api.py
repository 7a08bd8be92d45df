"""A brand's set-up and the list of its conversations, for the brand's own keys. Never what was said."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.access import api_grant, get_brand
from accounts.api.pages import OldestPages
from accounts.api.problems import BODY
from accounts.api.schema import listed
from accounts.api.views import ApiView
from accounts.keys.scopes import Scope
from core.errors import NotFound
from interactions.calendars import Calendar
from interactions.choices import Channel, State, WhenClosed
from interactions.errors import Invalid as Wrong
from interactions.idle import IDLE_NUMBERS
from interactions.models import Interaction, Queue
from interactions.values import Reception
from tenants.cards import card_by_id
from tenants.onboarding.shapes import Invalid
from tenants.scope import tenant_scope
from tenants.values import BrandCard

Out = serializers.Serializer[Any]
REF = "0199f2f0-7c55-7d7e-8f3a-1c2d3e4f5a6b"


class QueueOut(Out):
    ref = serializers.UUIDField()
    name = serializers.CharField()
    channel = serializers.ChoiceField(choices=Channel.choices)
    target_share = serializers.IntegerField(
        help_text="So many per cent are to be answered within the target."
    )
    target_seconds = serializers.IntegerField(help_text="An answer is wanted within these.")
    wrap_up_seconds = serializers.IntegerField()
    nudge_seconds = serializers.IntegerField(help_text="A silent customer is asked after these; 0 is never.")
    idle_close_seconds = serializers.IntegerField(help_text="The chat ends after these; 0 is never.")
    resume_hours = serializers.IntegerField(help_text="Back within these, they go on; 0 is never.")
    calendar_ref = serializers.UUIDField(allow_null=True, help_text="Null: answered day and night.")
    leave_after = serializers.IntegerField(
        allow_null=True, help_text="Who waits for so many seconds is offered to leave a message; null: never."
    )
    callback_after = serializers.IntegerField(
        allow_null=True, help_text="Who waits for so many seconds is offered a call; null: never."
    )
    callback_closed = serializers.BooleanField(help_text="A call is offered out of hours too.")
    when_closed = serializers.ChoiceField(
        choices=WhenClosed.choices, help_text="What a customer can do outside the hours."
    )


class PeriodOut(Out):
    weekday = serializers.IntegerField(help_text="0 is Monday.")
    opens = serializers.IntegerField(help_text="Minutes since midnight, local time.")
    closes = serializers.IntegerField(help_text="Minutes since midnight, exclusive.")


class CalendarOut(Out):
    ref = serializers.UUIDField()
    name = serializers.CharField()
    zone = serializers.CharField(help_text="IANA name.")
    country = serializers.CharField(help_text="Whose public holidays are kept; empty: nobody's.")
    subdivision = serializers.CharField()
    periods = PeriodOut(many=True)


class QueueNameOut(Out):
    ref = serializers.UUIDField()
    name = serializers.CharField()


class ConversationOut(Out):
    ref = serializers.UUIDField()
    channel = serializers.ChoiceField(choices=Channel.choices)
    state = serializers.ChoiceField(choices=State.choices)
    queue = QueueNameOut()
    alias = serializers.CharField(help_text="How the agent is called towards customers; empty: nobody yet.")
    language = serializers.CharField()
    reason = serializers.CharField(allow_null=True, help_text="Its code; null until wrap-up.")
    outcome = serializers.CharField(allow_null=True, help_text="Its code; null until wrap-up.")
    opened_at = serializers.DateTimeField()
    queued_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    wrap_up_at = serializers.DateTimeField(allow_null=True)
    abandoned_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


QUEUE = OpenApiExample(
    "A queue",
    value={
        "ref": REF, "name": "Orders", "channel": "webchat", "target_share": 80, "target_seconds": 40,
        "wrap_up_seconds": 90, "nudge_seconds": 180, "idle_close_seconds": 600, "resume_hours": 24,
        "calendar_ref": None, "leave_after": None, "callback_after": 120, "callback_closed": False,
        "when_closed": "take",
    },
    response_only=True,
)  # fmt: skip
CONVERSATION = OpenApiExample(
    "A conversation",
    value={
        "ref": REF, "channel": "webchat", "state": "closed", "queue": {"ref": REF, "name": "Orders"},
        "alias": "Alex", "language": "en", "reason": "delivery", "outcome": "solved",
        "opened_at": "2026-03-02T09:00:00Z", "queued_at": "2026-03-02T09:00:00Z",
        "answered_at": "2026-03-02T09:00:21Z", "wrap_up_at": "2026-03-02T09:07:02Z", "abandoned_at": None,
        "closed_at": "2026-03-02T09:07:40Z",
    },
    response_only=True,
)  # fmt: skip


class BrandView(ApiView):
    """An endpoint that reads the brand's own tables."""

    def scope(self) -> AbstractContextManager[Any]:
        """Enter the brand of the host as its key. Raises NotFound."""
        card = card_by_id(self.caller.brand_id or 0)
        if card is None:
            raise NotFound
        return tenant_scope(card, self.caller.grant_for(card))


class ClientView(ApiView):
    """An endpoint of the provider's about the own tables of the client whom the address names."""

    def scope(self) -> AbstractContextManager[Any]:
        """Enter that client. Raises NotFound."""
        return inside(get_brand(self.kwargs["ref"]))


def inside(brand: BrandCard) -> AbstractContextManager[Any]:
    """Enter the client whom the address of a call of the provider's names."""
    return tenant_scope(brand, api_grant())


@contextmanager
def refused(path: Callable[[str], str] = str) -> Iterator[None]:
    """Name what a verb refuses by its path in the body, made of its own name of it. Raises Invalid."""
    try:
        yield
    except Wrong as error:
        raise Invalid({f"{BODY}.{path(name)}": [words] for name, words in error.errors.items()}) from error


class Queues(BrandView):
    """The brand's waiting lines, the oldest first."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.SETUP_READ}
    pages = OldestPages

    @listed(QueueOut, operation="list_queues", summary="Waiting lines", examples=[QUEUE])
    def get(self, request: Request, **address: Any) -> Response:
        rows = partial(Queue.objects.select_related, "calendar")
        return self.listed(rows, _queue, scope=self.scope, shape=QueueOut)


class Calendars(BrandView):
    """The brand's opening hours, the oldest first."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.SETUP_READ}
    pages = OldestPages

    @listed(CalendarOut, operation="list_calendars", summary="Opening hours")
    def get(self, request: Request, **address: Any) -> Response:
        rows = partial(Calendar.objects.prefetch_related, "periods")
        return self.listed(rows, _calendar, scope=self.scope, shape=CalendarOut)


class ClientQueues(ClientView, Queues):
    """A client's waiting lines, the oldest first."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.ROUTING_READ}


class ClientCalendars(ClientView, Calendars):
    """A client's opening hours, the oldest first."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.ROUTING_READ}


class Conversations(BrandView):
    """The brand's conversations, the newest first, without tests."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.CONVERSATIONS_READ}

    @listed(
        ConversationOut, operation="list_conversations", summary="Conversations, without what was said",
        examples=[CONVERSATION],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        return self.listed(_conversations, _conversation, scope=self.scope, shape=ConversationOut)


def _conversations() -> "QuerySet[Interaction]":
    found: QuerySet[Interaction] = Interaction.objects.filter(is_test=False)
    return found.select_related("queue", "reason", "outcome")


def _queue(row: Queue) -> dict[str, Any]:
    return {
        "ref": row.ref, "name": row.name, "channel": row.channel, "target_share": row.target_share,
        "target_seconds": row.target_seconds,
        "wrap_up_seconds": row.wrap_up_seconds, **{name: getattr(row, name) for name in IDLE_NUMBERS},
        "calendar_ref": row.calendar.ref if row.calendar else None,
        **{name: getattr(row, name) for name in Reception._fields},
    }  # fmt: skip


def _calendar(row: Calendar) -> dict[str, Any]:
    periods = sorted((one.weekday, one.opens, one.closes) for one in row.periods.all())
    names = ("weekday", "opens", "closes")
    return {
        "ref": row.ref, "name": row.name, "zone": row.zone, "country": row.country,
        "subdivision": row.subdivision, "periods": [dict(zip(names, one, strict=True)) for one in periods],
    }  # fmt: skip


def _conversation(row: Interaction) -> dict[str, Any]:
    instants = ("opened_at", "queued_at", "answered_at", "wrap_up_at", "abandoned_at", "closed_at")
    return {
        "ref": row.ref, "channel": row.channel, "state": row.state,
        "queue": {"ref": row.queue.ref, "name": row.queue.name}, "alias": row.agent_shown,
        "language": row.language, "reason": row.reason.code if row.reason else None,
        "outcome": row.outcome.code if row.outcome else None,
        **{name: getattr(row, name) for name in instants},
    }  # fmt: skip


class TimeInSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """How the description writes a time of day of onboarding's hours."""

    target_class = "interactions.opening.TimeField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        return {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "example": "08:30"}
