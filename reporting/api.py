"""Service targets for programs: the provider's keys agree them, a client's own keys read them.

The same verbs as on the screen. What a verb refuses stands at the path of its key in the body.
"""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.access import get_brand
from accounts.api.calls import once
from accounts.api.pages import OldestPages
from accounts.api.problems import BODY
from accounts.api.schema import empty, listed
from accounts.api.views import ApiView
from accounts.keys.scopes import Scope
from core import clock
from core.errors import NotFound
from core.ids import new_ref
from interactions.api import BrandView, inside, refused
from interactions.queries import queue_names, queue_refs
from reporting import actions
from reporting.choices import Counted, Window
from reporting.clauses import sentence
from reporting.models import Clause
from reporting.promises import PROMISABLE
from tenants.onboarding.shapes import Invalid, Shape
from tenants.values import BrandCard

READ, WRITE = Scope.TARGETS_READ, Scope.TARGETS_WRITE
REF = "0199f2f0-7c55-7d7e-8f3a-1c2d3e4f5a6b"
METRICS = [(key, key) for key in sorted(PROMISABLE)]
ONE = ("target", "minimum", "weight", "from_date")


class TargetOut(serializers.Serializer[Any]):
    ref = serializers.UUIDField(help_text="Of this version.")
    metric = serializers.CharField(help_text="Its key in the catalogue.")
    counted = serializers.ChoiceField(choices=Counted.choices, help_text="Which time counts.")
    window = serializers.ChoiceField(choices=Window.choices, help_text="Over which days it is measured.")
    queue_refs = serializers.ListField(child=serializers.UUIDField(), help_text="Empty: every queue.")
    target = serializers.DecimalField(max_digits=9, decimal_places=2, help_text="Per cent or seconds.")
    minimum = serializers.DecimalField(
        max_digits=9, decimal_places=2, allow_null=True, help_text="Beyond it the target is missed badly."
    )
    weight = serializers.IntegerField()
    from_date = serializers.DateField(help_text="The client's days.")
    until_date = serializers.DateField(allow_null=True, help_text="The day after the last one; null: no end.")
    follows = serializers.UUIDField(allow_null=True, help_text="The version that this one changed.")
    words = serializers.CharField(help_text="The target in a sentence.")


class LevelIn(Shape):
    target = serializers.DecimalField(max_digits=9, decimal_places=2)
    minimum = serializers.DecimalField(
        max_digits=9, decimal_places=2, required=False, allow_null=True, default=None
    )
    weight = serializers.IntegerField(required=False, default=1, min_value=1, max_value=100)
    from_date = serializers.DateField(help_text="Of the client's days, today or later.")


class TargetIn(LevelIn):
    metric = serializers.ChoiceField(choices=METRICS)
    counted = serializers.ChoiceField(choices=Counted.choices, required=False, default=Counted.ELAPSED)
    window = serializers.ChoiceField(choices=Window.choices)
    queue_refs = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=200
    )


class EndIn(Shape):
    last_day = serializers.DateField(allow_null=True, help_text="Null: it goes on.")


TARGET = OpenApiExample(
    "A service target",
    value={
        "ref": REF, "metric": "SL.NEG@1", "counted": "elapsed", "window": "month", "queue_refs": [],
        "target": "80.00", "minimum": "70.00", "weight": 1, "from_date": "2026-12-01", "until_date": None,
        "follows": None,
        "words": "Service level: at least 80.0 % each month, all queues, all hours counted.",
    },
    response_only=True,
)  # fmt: skip
TARGET_BODY = OpenApiExample(
    "A service target",
    value={
        "metric": "SL.NEG@1", "window": "month", "target": "80", "minimum": "70", "from_date": "2026-12-01",
    },
    request_only=True,
)  # fmt: skip
LEVEL_BODY = OpenApiExample(
    "Another level", value={"target": "85", "minimum": "75", "from_date": "2027-01-01"}, request_only=True
)
END_BODY = OpenApiExample("Its last day", value={"last_day": "2026-12-31"}, request_only=True)


class TargetView(ApiView):
    """What the endpoints of a client's targets share, on the provider's host."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ, "POST": WRITE}

    def by(self, brand: BrandCard) -> dict[str, Any]:
        """Who does it, where and when, as verbs want it."""
        return {"zone": ZoneInfo(brand.timezone), "actor": self.caller.who, "now": clock.now()}

    def answer(self, brand: BrandCard, ref: UUID, *, status: int = 200) -> Response:
        """Answer one version. Raises NotFound."""
        with inside(brand):
            row = Clause.objects.standing().filter(ref=ref).first()
            if row is None:
                raise NotFound
            value = _Values()(row)
        return Response(TargetOut(value).data, status=status)

    def named(self, brand: BrandCard, ref: UUID) -> None:
        """Raises NotFound for what is no target of the client."""
        with inside(brand):
            if not Clause.objects.standing().filter(ref=ref).exists():
                raise NotFound


class Targets(TargetView):
    """A client's service targets, the oldest first; a new one."""

    pages = OldestPages

    @listed(TargetOut, operation="list_targets", summary="Service targets", examples=[TARGET])
    def get(self, request: Request, ref: UUID) -> Response:
        brand = get_brand(ref)
        return self.listed(_rows, _Values(), scope=lambda: inside(brand), shape=TargetOut)

    @extend_schema(
        operation_id="add_target", summary="Promise something from a day on", request=TargetIn,
        responses={201: TargetOut}, examples=[TARGET_BODY, TARGET],
    )  # fmt: skip
    def post(self, request: Request, ref: UUID) -> Response:
        brand, said = get_brand(ref), self.body(TargetIn)
        wanted = said.pop("queue_refs")

        def add() -> UUID:
            with inside(brand), refused(_path):
                made: UUID = actions.add_clause(
                    **said, queue_ids=_ids(wanted), key=new_ref(), shown=self.caller.who,
                    **self.by(brand),
                ).ref  # fmt: skip
                return made

        return self.answer(brand, once(request, add), status=201)


class OneTarget(TargetView):
    """One version; DELETE takes back what is not in force yet."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ, "DELETE": WRITE}

    @extend_schema(
        operation_id="get_target", summary="One service target", responses={200: TargetOut},
        examples=[TARGET],
    )  # fmt: skip
    def get(self, request: Request, ref: UUID, target_ref: UUID) -> Response:
        return self.answer(get_brand(ref), target_ref)

    @extend_schema(
        operation_id="withdraw_target", summary="Take a version back before it is in force",
        responses={204: empty("It never was in force.")},
    )  # fmt: skip
    def delete(self, request: Request, ref: UUID, target_ref: UUID) -> Response:
        brand = get_brand(ref)
        self.named(brand, target_ref)
        with inside(brand):
            actions.withdraw_clause(target_ref, **self.by(brand))
        return Response(status=204)


class TargetVersions(TargetView):
    scopes: ClassVar[dict[str, str]] = {"POST": WRITE}

    @extend_schema(
        operation_id="change_target", summary="Let other levels hold from a day on", request=LevelIn,
        responses={201: TargetOut}, examples=[LEVEL_BODY, TARGET],
    )  # fmt: skip
    def post(self, request: Request, ref: UUID, target_ref: UUID) -> Response:
        brand, said = get_brand(ref), self.body(LevelIn)

        def change() -> UUID:
            with inside(brand), refused(_path):
                made: UUID = actions.change_clause(
                    target_ref, **said, key=new_ref(), shown=self.caller.who, **self.by(brand)
                ).ref
                return made

        return self.answer(brand, once(request, change), status=201)


class TargetEnd(TargetView):
    scopes: ClassVar[dict[str, str]] = {"PUT": WRITE}

    @extend_schema(
        operation_id="end_target", summary="Say on which day it is in force last", request=EndIn,
        responses={200: TargetOut}, examples=[END_BODY, TARGET],
    )  # fmt: skip
    def put(self, request: Request, ref: UUID, target_ref: UUID) -> Response:
        brand, said = get_brand(ref), self.body(EndIn)
        with inside(brand), refused(_path):
            actions.end_clause(target_ref, **said, **self.by(brand))
        return self.answer(brand, target_ref)


class OwnTargets(BrandView):
    """The brand's own service targets, for its own keys."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.SETUP_READ}
    pages = OldestPages

    @listed(TargetOut, operation="list_targets", summary="Service targets", examples=[TARGET])
    def get(self, request: Request) -> Response:
        return self.listed(_rows, _Values(), scope=self.scope, shape=TargetOut)


def _path(name: str) -> str:
    return "queue_refs" if name == "queue_ids" else name


class _Values:
    """Turns rows into what is answered; looks queues up once, in the scope of its first row."""

    def __init__(self) -> None:
        self.names: Mapping[int, str] | None = None
        self.refs: Mapping[int, UUID] = {}

    def __call__(self, row: Clause) -> dict[str, Any]:
        if self.names is None:
            self.names, self.refs = queue_names(), queue_refs()
        same = ("ref", "metric", "counted", "window", *ONE, "until_date", "follows")
        return {name: getattr(row, name) for name in same} | {
            "queue_refs": [self.refs[number] for number in row.queue_ids if number in self.refs],
            "words": sentence(row, self.names),
        }


def _rows() -> "QuerySet[Clause]":
    found: QuerySet[Clause] = Clause.objects.standing()
    return found


def _ids(refs: list[Any]) -> list[int]:
    """Return the queues. Raises Invalid for what is none of the client's."""
    known = {str(ref): number for number, ref in queue_refs().items()}
    if not {str(ref) for ref in refs} <= set(known):
        raise Invalid({f"{BODY}.queue_refs": [_("Choose queues of this client.")]})
    return [known[str(ref)] for ref in refs]
