"""Routing rules for programs: the provider's keys write them and try them out, a client's own keys read them.

The same verbs as on the screen. What a verb refuses stands at its path in the body.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
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
from interactions.actions import rules as verbs
from interactions.api import BrandView, ClientView, inside, refused
from interactions.errors import Invalid as Wrong
from interactions.models import Inbox, Queue, RoutingRule
from interactions.placing import DryRun, dry_run, inbox_named, rules_of, with_draft
from interactions.rule_shapes import (
    CHANGED_BODY,
    DRY_RUN,
    INBOX,
    NEW_BODY,
    PLACE_BODY,
    RULE,
    TRIED_BODY,
    ChangedRuleIn,
    DryRunOut,
    InboxOut,
    NewRuleIn,
    PlaceIn,
    RuleOut,
    TriedRuleIn,
)
from interactions.rules import Rule
from tenants.onboarding.shapes import Invalid
from tenants.values import BrandCard

READ, WRITE = Scope.ROUTING_READ, Scope.ROUTING_WRITE


class OwnRules(BrandView):
    """The rules by which contacts get their queue, of all inboxes, the oldest first."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.SETUP_READ}
    pages = OldestPages

    @listed(RuleOut, operation="list_rules", summary="Routing rules", examples=[RULE])
    def get(self, request: Request, **address: Any) -> Response:
        return self.listed(_rules, _rule, scope=self.scope, shape=RuleOut)


class Rules(ClientView, OwnRules):
    """A client's rules of all inboxes, the oldest first; a new one."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ, "POST": WRITE}

    @extend_schema(
        operation_id="add_rule", summary="Make a rule, asked last in its inbox", request=NewRuleIn,
        responses={201: RuleOut}, examples=[NEW_BODY, RULE],
    )  # fmt: skip
    def post(self, request: Request, ref: UUID) -> Response:
        brand, said = get_brand(ref), self.body(NewRuleIn)

        def add() -> UUID:
            with inside(brand):
                return _save(None, said, **_by(self)).ref

        return answer(brand, once(request, add), status=201)


class OneRule(ApiView):
    """One rule: PUT says the whole of it, DELETE takes it out of the order."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ, "PUT": WRITE, "DELETE": WRITE}

    @extend_schema(
        operation_id="get_rule", summary="One routing rule", responses={200: RuleOut}, examples=[RULE]
    )
    def get(self, request: Request, ref: UUID, rule_ref: UUID) -> Response:
        return answer(get_brand(ref), rule_ref)

    @extend_schema(
        operation_id="change_rule", summary="Change a rule, as a whole", request=ChangedRuleIn,
        responses={200: RuleOut}, examples=[CHANGED_BODY, RULE],
    )  # fmt: skip
    def put(self, request: Request, ref: UUID, rule_ref: UUID) -> Response:
        brand = get_brand(ref)
        with inside(brand):
            inbox_ref = get_rule(rule_ref).inbox.ref
            _save(rule_ref, self.body(ChangedRuleIn) | {"inbox_ref": inbox_ref}, **_by(self))
        return answer(brand, rule_ref)

    @extend_schema(
        operation_id="remove_rule", summary="Take a rule out of the order",
        responses={204: empty("It is asked no more; for 30 days it can be put back.")},
    )  # fmt: skip
    def delete(self, request: Request, ref: UUID, rule_ref: UUID) -> Response:
        with inside(get_brand(ref)):
            verbs.remove_rule(rule_ref, **_by(self))
        return Response(status=204)


class RulePlace(ApiView):
    scopes: ClassVar[dict[str, str]] = {"PUT": WRITE}

    @extend_schema(
        operation_id="move_rule", summary="Put a rule at a place of its inbox's order", request=PlaceIn,
        responses={200: RuleOut}, examples=[PLACE_BODY, RULE],
    )  # fmt: skip
    def put(self, request: Request, ref: UUID, rule_ref: UUID) -> Response:
        brand = get_brand(ref)
        with inside(brand):
            get_rule(rule_ref)
            verbs.move_rule(rule_ref, to=self.body(PlaceIn)["place"], **_by(self))
        return answer(brand, rule_ref)


class RuleRemoval(ApiView):
    scopes: ClassVar[dict[str, str]] = {"DELETE": WRITE}

    @extend_schema(
        operation_id="put_rule_back", summary="Put a removed rule back",
        responses={204: empty("It is asked again, at the place it had or the last one.")},
    )  # fmt: skip
    def delete(self, request: Request, ref: UUID, rule_ref: UUID) -> Response:
        with inside(get_brand(ref)):
            verbs.restore_rule(rule_ref, **_by(self))
        return Response(status=204)


class Inboxes(ClientView):
    """A client's ways in, the oldest first."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ}
    pages = OldestPages

    @listed(InboxOut, operation="list_inboxes", summary="Ways in, each with its rules", examples=[INBOX])
    def get(self, request: Request, ref: UUID) -> Response:
        return self.listed(_inboxes, _inbox, scope=self.scope, shape=InboxOut)


class InboxDryRun(ApiView):
    """The rules of an inbox, asked about its last 500 conversations; nothing is changed by it."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ, "PUT": READ}

    @extend_schema(
        operation_id="try_rules", summary="What the rules would do with the last 500 conversations",
        responses={200: DryRunOut}, examples=[DRY_RUN],
    )  # fmt: skip
    def get(self, request: Request, ref: UUID, inbox_ref: UUID) -> Response:
        with inside(get_brand(ref)):
            inbox = inbox_named(inbox_ref)
            return _tried(dry_run(inbox, rules_of(inbox.pk), now=clock.now()))

    @extend_schema(
        operation_id="try_rule", summary="The same with a rule among them that is not saved",
        request=TriedRuleIn, responses={200: DryRunOut}, examples=[TRIED_BODY, DRY_RUN],
    )  # fmt: skip
    def put(self, request: Request, ref: UUID, inbox_ref: UUID) -> Response:
        now = clock.now()
        with inside(get_brand(ref)):
            inbox = inbox_named(inbox_ref)
            standing, said = rules_of(inbox.pk), self.body(TriedRuleIn)
            draft = _draft(said, standing, now)
            return _tried(dry_run(inbox, with_draft(standing, draft), now=now))


def answer(brand: BrandCard, rule_ref: UUID, *, status: int = 200) -> Response:
    """Answer one rule. Raises NotFound."""
    with inside(brand):
        value = _rule(get_rule(rule_ref))
    return Response(RuleOut(value).data, status=status)


def get_rule(rule_ref: UUID) -> RoutingRule:
    """Return a rule that stands, in the client's scope. Raises NotFound."""
    row: RoutingRule | None = _rules().filter(ref=rule_ref).first()
    if row is None:
        raise NotFound
    return row


def _by(view: ApiView) -> dict[str, Any]:
    """Who does it and when, as verbs want it."""
    return {"actor": view.caller.who, "now": clock.now()}


def _save(rule_ref: UUID | None, said: dict[str, Any], *, actor: str, now: datetime) -> RoutingRule:
    """Make or change the rule, in the client's scope. Raises Invalid, WrongState."""
    for name, model in (("inbox_ref", Inbox), ("queue_ref", Queue)):
        _known(model, said[name], name)
    with refused(_path(said["conditions"])):
        return verbs.save_rule(rule_ref, **said, actor=actor, now=now)


def _draft(said: dict[str, Any], standing: list[Rule], now: datetime) -> Rule:
    """Return the rule that is tried, checked as it is when it is saved. Raises Invalid."""
    rule_ref, queue_id = said["rule_ref"], _known(Queue, said["queue_ref"], "queue_ref")
    if rule_ref and all(one.ref != rule_ref for one in standing):
        raise Invalid({f"{BODY}.rule_ref": [_("Choose a rule of this inbox.")]})
    draft = Rule(
        rule_ref or new_ref(now), 0, said["name"], tuple(said["conditions"]), queue_id, said["need"],
        said["priority"],
    )  # fmt: skip
    with refused(_path(said["conditions"])):
        if wrong := verbs.check_rule(draft):
            raise Wrong(wrong)
    return draft


def _known(model: "type[Inbox | Queue]", ref: UUID, name: str) -> int:
    """Return the row's id. Raises Invalid for what is none of the client's."""
    found: int | None = model.objects.filter(ref=ref).values_list("pk", flat=True).first()
    if found is None:
        raise Invalid({f"{BODY}.{name}": [_("Choose one of this client's.")]})
    return found


def _path(conditions: list[Mapping[str, Any]]) -> Any:
    """Return how what the checks call a kind of condition is called in the body."""
    kinds = [one["kind"] for one in conditions]
    return lambda name: f"conditions.{kinds.index(name)}" if name in kinds else name


def _tried(run: DryRun) -> Response:
    taken = [{"rule": name, "conversations": count} for name, count in run.counts]
    value = {
        "conversations": len(run.rows), "differing": run.differing, "pageless": run.pageless, "taken": taken,
        "rows": run.rows,
    }  # fmt: skip
    return Response(DryRunOut(value).data)


def _rules() -> "QuerySet[RoutingRule]":
    """Return the rules that stand, each with its place."""
    standing: QuerySet[RoutingRule] = RoutingRule.objects.filter(removed_at__isnull=True)
    first = Q(position__lt=OuterRef("position")) | Q(position=OuterRef("position"), pk__lt=OuterRef("pk"))
    before = standing.filter(first, inbox=OuterRef("inbox")).values("inbox").annotate(count=Count("pk"))
    place = Coalesce(Subquery(before.values("count"), output_field=IntegerField()), 0)
    return standing.select_related("inbox", "queue").annotate(place=place)


def _rule(row: Any) -> dict[str, Any]:
    same = ("ref", "name", "place", "conditions", "need", "priority", "version")
    return {name: getattr(row, name) for name in same} | {
        "inbox": _named(row.inbox), "queue": _named(row.queue),
    }  # fmt: skip


def _inboxes() -> "QuerySet[Inbox]":
    found: QuerySet[Inbox] = Inbox.objects.select_related("queue")
    return found


def _inbox(row: Inbox) -> dict[str, Any]:
    return _named(row) | {"kind": row.kind, "queue": _named(row.queue)}


def _named(row: "Inbox | Queue") -> dict[str, Any]:
    return {"ref": row.ref, "name": row.name}
