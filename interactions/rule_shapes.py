"""What the endpoints of routing rules take and answer, with examples."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from interactions.api import REF, Out, QueueNameOut
from interactions.choices import Channel
from interactions.rules import KINDS, MOST_RULES, MOST_WORD, MOST_WORDS, PRIORITIES
from tenants.onboarding.shapes import Shape
from workforce.api.shapes import LineField

PARTS = {
    "keyword": ("words",), "page": ("parts",), "language": ("codes",), "hours": ("calendar", "open"),
}  # fmt: skip
"""What a condition of each kind says."""


def _words(text: str) -> serializers.ListField:
    one = serializers.CharField(max_length=MOST_WORD)
    return serializers.ListField(child=one, max_length=MOST_WORDS, required=False, help_text=text)


class ConditionIn(Shape):
    """A condition says what is of its kind, and no more."""

    kind = serializers.ChoiceField(choices=[(name, kind.title) for name, kind in KINDS.items()])
    words = _words("Of a keyword: one of them stands in the first message.")
    parts = _words("Of a page: its address holds one of them.")
    codes = _words("Of a language: the page's is one of them, like sv.")
    calendar = serializers.UUIDField(required=False, help_text="Of hours: the ref of a calendar.")
    open = serializers.BooleanField(required=False, help_text="Of hours: true while it is open.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        asked = PARTS[attrs["kind"]]
        wrong = {name: [_("This key is not known here.")] for name in attrs if name not in ("kind", *asked)}
        wrong |= {name: [_("This field is required.")] for name in asked if name not in attrs}
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs | ({"calendar": str(attrs["calendar"])} if "calendar" in attrs else {})


class RuleIn(Shape):
    """What a rule says, as a whole."""

    name = LineField(max_length=80)
    conditions = serializers.ListField(
        child=ConditionIn(), max_length=len(KINDS), required=False, default=list,
        help_text="All must hold; none: it takes everybody.",
    )  # fmt: skip
    queue_ref = serializers.UUIDField(help_text="Where it lets contacts wait.")
    need = serializers.CharField(
        max_length=400, required=False, allow_blank=True, default="",
        help_text="What its agent must be able to do, like `swedish >= 3 [20s: 2, 60s: 0]`.",
    )  # fmt: skip
    priority = serializers.IntegerField(
        min_value=PRIORITIES[0], max_value=PRIORITIES[-1], required=False, default=0
    )


class NewRuleIn(RuleIn):
    inbox_ref = serializers.UUIDField(help_text="Whose contacts it is asked about; it is asked last.")


class ChangedRuleIn(RuleIn):
    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="Of the rule as you read it."
    )


class TriedRuleIn(RuleIn):
    rule_ref = serializers.UUIDField(
        required=False, allow_null=True, default=None,
        help_text="The rule that it would take the place of; null: a new one, asked last.",
    )  # fmt: skip


class PlaceIn(Shape):
    place = serializers.IntegerField(
        min_value=0, max_value=MOST_RULES, help_text="0 is asked first; too high is the last one."
    )


class RuleOut(Out):
    ref = serializers.UUIDField()
    name = serializers.CharField()
    inbox = QueueNameOut()
    place = serializers.IntegerField(help_text="In its inbox: 0 is asked first.")
    conditions = serializers.ListField(
        child=serializers.DictField(), help_text="All must hold; none: it takes everybody."
    )
    queue = QueueNameOut()
    need = serializers.CharField(help_text="What its agent must be able to do; empty: nothing.")
    priority = serializers.IntegerField(help_text="0 to 10; each point is half a minute ahead.")
    version = serializers.IntegerField(help_text="Each change is a new one.")


class InboxOut(Out):
    ref = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Channel.choices)
    queue = QueueNameOut(help_text="Where a contact waits that no rule takes.")


class TakenOut(Out):
    rule = serializers.CharField(help_text="Its name; empty: the inbox's own queue.")
    conversations = serializers.IntegerField()


class TriedOut(Out):
    ref = serializers.UUIDField(help_text="Of the conversation.")
    opened_at = serializers.DateTimeField()
    language = serializers.CharField()
    was_queue = serializers.CharField()
    was_rule = serializers.CharField(help_text="Empty: none took it, or it is not there any more.")
    queue = serializers.CharField(help_text="Where it would go.")
    rule = serializers.CharField(help_text="Which would take it; empty: none.")
    differs = serializers.BooleanField()


class DryRunOut(Out):
    conversations = serializers.IntegerField(
        help_text="So many were asked about: the last ones, at most 500."
    )
    differing = serializers.IntegerField(help_text="So many would go elsewhere than they went.")
    pageless = serializers.IntegerField(help_text="Of so many the page is not known.")
    taken = TakenOut(many=True, help_text="In the order in which rules are asked.")
    rows = TriedOut(many=True, help_text="The newest first; not a word of what was said.")


SAID: dict[str, Any] = {
    "name": "Refunds", "conditions": [{"kind": "keyword", "words": ["refund", "money back"]}],
    "need": "billing >= 2", "priority": 1,
}  # fmt: skip
NAMED = {"ref": REF, "name": "Web chat"}
RULE = OpenApiExample(
    "A rule",
    value={
        "ref": REF, **SAID, "inbox": NAMED, "place": 0, "queue": {"ref": REF, "name": "Refunds"},
        "version": 1,
    },
    response_only=True,
)  # fmt: skip
NEW_BODY = OpenApiExample("A new rule", value=SAID | {"inbox_ref": REF, "queue_ref": REF}, request_only=True)
CHANGED_BODY = OpenApiExample(
    "As it is to be", value=SAID | {"queue_ref": REF, "version": 1}, request_only=True
)
TRIED_BODY = OpenApiExample(
    "Not made yet", value=SAID | {"queue_ref": REF, "rule_ref": None}, request_only=True
)
PLACE_BODY = OpenApiExample("Asked first", value={"place": 0}, request_only=True)
INBOX = OpenApiExample(
    "An inbox", value=NAMED | {"kind": "webchat", "queue": {"ref": REF, "name": "Orders"}}, response_only=True
)
DRY_RUN = OpenApiExample(
    "A dry run",
    value={
        "conversations": 1, "differing": 1, "pageless": 0,
        "taken": [{"rule": "Refunds", "conversations": 1}, {"rule": "", "conversations": 0}],
        "rows": [
            {
                "ref": REF, "opened_at": "2026-03-02T09:00:00Z", "language": "en", "was_queue": "Orders",
                "was_rule": "", "queue": "Refunds", "rule": "Refunds", "differs": True,
            }
        ],
    },
    response_only=True,
)  # fmt: skip
