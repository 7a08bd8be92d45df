"""What an audit row says of a change: each field before and after, never a secret."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from tenants.audit import LONGEST, MASK, changes, values_of
from tenants.models import Brand


class DescribeChanges:
    def it_names_what_differs_before_and_after(self) -> None:
        before, after = {"name": "Orders", "units": 34}, {"name": "Returns", "units": 34}
        assert changes(before, after) == {"name": ["Orders", "Returns"]}

    def it_is_empty_when_nothing_differs(self) -> None:
        assert changes({"a": [1, 2], "b": {"c": None}}, {"a": (1, 2), "b": {"c": None}}) == {}

    def it_has_null_where_a_side_has_no_such_field(self) -> None:
        assert changes({}, {"name": "Orders"}) == {"name": [None, "Orders"]}
        assert changes({"name": "Orders"}, {}) == {"name": ["Orders", None]}

    def it_takes_dicts_apart(self) -> None:
        before, after = {"config": {"greeting": "Hi", "tone": "warm"}}, {"config": {"greeting": "Hello"}}
        assert changes(before, after) == {"config.greeting": ["Hi", "Hello"], "config.tone": ["warm", None]}

    @pytest.mark.parametrize(
        "name", ["password", "api_token", "config.client_secret", "key", "smtp_credentials", "private_key"]
    )
    def it_shows_that_a_secret_changed_and_not_to_what(self, name: str) -> None:
        outer, _, inner = name.partition(".")
        old, new = (
            ({outer: {inner: "abc"}}, {outer: {inner: "xyz"}}) if inner else ({outer: "abc"}, {outer: "xyz"})
        )
        assert changes(old, new) == {name: [MASK, MASK]}
        assert changes({}, new) == {name: [None, MASK]}

    def it_masks_the_fields_that_the_caller_names(self) -> None:
        assert changes({"pin": {"a": 1}}, {"pin": {"a": 2}}, secret=["pin"]) == {"pin.a": [MASK, MASK]}

    def it_masks_secrets_inside_a_list(self) -> None:
        assert changes({}, {"hooks": [{"url": "u", "secret": "s"}]}) == {
            "hooks": [None, [{"url": "u", "secret": MASK}]]
        }

    @pytest.mark.parametrize(
        ("value", "plain"),
        [
            (datetime(2026, 3, 2, 9, 0, tzinfo=UTC), "2026-03-02T09:00:00+00:00"),
            (UUID(int=1), str(UUID(int=1))),
            ({"b", "a"}, ["a", "b"]),
            (True, True),
            (1.5, 1.5),
        ],
    )
    def it_writes_what_json_can_hold(self, value: Any, plain: Any) -> None:
        assert changes({}, {"field": value}) == {"field": [None, plain]}

    def it_cuts_long_texts(self) -> None:
        assert len(changes({}, {"text": "x" * 9000})["text"][1]) == LONGEST + 1


def it_takes_columns_by_name_and_relations_by_key() -> None:
    row = Brand(name="Acme", hue=148, group_id=7)
    assert values_of(row, ["name", "hue", "group"]) == {"name": "Acme", "hue": 148, "group": 7}
