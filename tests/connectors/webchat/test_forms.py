"""What a visitor may send: a frame or a refusal, never a crash."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RoomError
from interactions.connectors.webchat import forms
from interactions.connectors.webchat.settings import MAX_CHARACTERS

CLIENT_ID = uuid4()
NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
NAMES = [
    "op",
    "key",
    "token",
    "after",
    "conversation",
    "language",
    "page",
    "client_id",
    "body",
    "fresh",
    "zone",
]
OPS = st.sampled_from(["hello", "msg", "typing", "end", "ping", "identify", "other"])


def frame(**fields: Any) -> str:
    return json.dumps(fields)


def hello(**fields: Any) -> forms.Hello:
    read = forms.read(frame(op="hello", key="pk_a", token="t:1:x", **fields))
    assert isinstance(read, forms.Hello)
    return read


def say(body: str) -> forms.Say:
    read = forms.read(frame(op="msg", client_id=str(CLIENT_ID), body=body))
    assert isinstance(read, forms.Say)
    return read


def it_reads_a_message() -> None:
    assert say("Hi") == forms.Say(client_id=CLIENT_ID, body="Hi", fresh=False)


def it_reads_a_greeting() -> None:
    ref = uuid4()
    greeting = hello(after=7, conversation=str(ref), language="sv-SE", page="https://shop.example/tents")
    assert (greeting.after, greeting.conversation, greeting.language) == (7, ref, "sv-SE")
    assert greeting.page == "https://shop.example/tents"


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("https://shop.example/a?order=1#x", "https://shop.example/a"),
        ("https://user:secret@shop.example/a", "https://shop.example/a"),
        ("javascript:alert(1)", ""),
        ("https://[", ""),
        ("x" * 501, ""),
        (7, ""),
    ],
)
def it_keeps_the_page_without_what_is_private(page: Any, kept: str) -> None:
    assert hello(page=page).page == kept


@pytest.mark.parametrize(
    ("zone", "kept"),
    [
        ("America/Argentina/Ushuaia", "America/Argentina/Ushuaia"),
        ("UTC", "UTC"),
        ("Mars/Olympus", ""),
        ("../../etc/passwd", ""),
        ("", ""),
        (None, ""),
        (["UTC"], ""),
    ],
)
def it_keeps_a_zone_that_it_knows(zone: Any, kept: str) -> None:
    assert hello(zone=zone).zone == kept


def it_counts_characters_not_bytes() -> None:
    assert len(say("ä" * MAX_CHARACTERS).body) == MAX_CHARACTERS


def it_refuses_a_longer_message_and_names_it() -> None:
    with pytest.raises(forms.TooLong) as refused:
        say("x" * (MAX_CHARACTERS + 1))
    assert (refused.value.code, refused.value.client_id) == ("too_long", CLIENT_ID)


def it_drops_what_cannot_be_stored() -> None:
    assert say("a\0b\ud800c").body == "ab?c"


@pytest.mark.parametrize("body", ["", "   ", "\0", None, 5, ["x"]])
def it_refuses_an_empty_message(body: Any) -> None:
    with pytest.raises(forms.BadFrame) as refused:
        say(body)
    assert refused.value.client_id == CLIENT_ID


@pytest.mark.parametrize(
    "text",
    [
        None, "", "null", "[]", "7", "{", "[" * 5000, '{"op":"msg"}', '{"op":"hello"}', '{"op":{}}',
        '{"op":"hello","key":"pk_a","token":"t","after":true}',
        '{"op":"hello","key":"pk_a","token":"t","after":-1}',
        '{"op":"hello","key":"pk_a","token":"t","after":' + "9" * 5000 + "}",
        '{"op":"hello","key":"pk_ä","token":"t"}',
        '{"op":"msg","client_id":"1","body":"x"}',
    ],
)  # fmt: skip
def it_refuses_what_is_no_frame(text: str | None) -> None:
    with pytest.raises(forms.BadFrame):
        forms.read(text)


def it_refuses_a_frame_of_any_size() -> None:
    with pytest.raises(forms.TooLong):
        forms.read("x" * 2_000_000)


@given(st.text())
def it_never_crashes_on_text(text: str) -> None:
    attempt(text)


@given(st.dictionaries(st.sampled_from(NAMES), NESTED), OPS)
def it_never_crashes_on_objects(fields: dict[str, Any], op: str) -> None:
    attempt(json.dumps(fields | {"op": op}))


@given(st.text(min_size=1, max_size=50))
def it_stores_only_what_postgresql_takes(body: str) -> None:
    read = attempt(frame(op="msg", client_id=str(CLIENT_ID), body=body))
    if isinstance(read, forms.Say):
        assert "\0" not in read.body
        read.body.encode()


def attempt(text: str) -> forms.Frame | RoomError:
    try:
        return forms.read(text)
    except RoomError as refusal:
        return refusal


def it_knows_no_other_ids() -> None:
    assert isinstance(forms.read(frame(op="ping", client_id=str(UUID(int=0)))), forms.Ping)
